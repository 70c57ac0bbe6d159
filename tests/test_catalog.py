"""The catalog holds together, and its JSON Schemas say what the parsers say."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from cli.yaml_files import parse as plain_yaml
from regulars.domain.computed_definitions import parse_computed
from regulars.domain.identity_definitions import check_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.lists import parse_list
from regulars.domain.mapping_definitions import parse_mapping
from regulars.domain.messaging import parse_messaging
from regulars.domain.plan_definitions import check_plan
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.rate_definitions import parse_rates
from regulars.domain.retention_definitions import parse_retention
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.sources import parse_source
from regulars.domain.teams import parse_teams
from regulars.domain.templates import parse_template
from regulars.domain.webhooks import parse_webhook
from regulars.domain.workspace import parse_workspace
from regulars.errors import DefinitionError
from tests.computed import COMPUTED, TRAITS
from tests.domain.test_journeys import WRONG
from tests.journeys import journeys
from tests.strategies import definitions

CATALOG = Path(__file__).parents[1] / "catalog"
FILES = sorted(CATALOG.rglob("*.yaml"))
PARSERS: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "segment": lambda definition: parse("x", definition, computed=TRAITS),
    "computed-trait": lambda definition: parse_computed("x", definition, COMPUTED),
    "import": lambda definition: parse_mapping("x", definition),
    "identity": check_rules,
    "workspace": parse_workspace,
    "teams": parse_teams,
    "retention": parse_retention,
    "consent": parse_purposes,
    "list": lambda definition: parse_list("x", definition),
    "journey": lambda definition: parse_journey("x", definition),
    "messaging": parse_messaging,
    "source": lambda definition: parse_source("x", definition),
    "tracking-plan": lambda definition: check_plan("x", definition),
    "rates": lambda definition: parse_rates("x", definition),
    "template": lambda definition: parse_template("x", definition),
    "webhook": lambda definition: parse_webhook("x", definition),
}


def read(path: str) -> Any:
    """Read one definition of the catalog."""
    return yaml.safe_load((CATALOG / path).read_text())


def accepts(kind: str, definition: object) -> bool:
    """Say whether the JSON Schema of a kind takes a definition."""
    schema = json.loads((CATALOG / f"schemas/{kind}.json").read_text())
    return bool(Draft202012Validator(schema).is_valid(definition))


def parses(kind: str, definition: dict[str, Any]) -> bool:
    """Say whether the parser of a kind takes a definition."""
    try:
        PARSERS[kind](definition)
    except DefinitionError:
        return False
    return True


def a_key(**key: object) -> dict[str, Any]:
    """Build a source with one key."""
    return {"keys": [{"label": "web", **key}]}


def a_segment(**where: object) -> dict[str, Any]:
    """Build a segment with one condition."""
    return {"name": "Some", "where": where}


def rules(*identifiers: dict[str, Any], **limits: object) -> dict[str, Any]:
    """Build identity rules that begin with the user id."""
    return {"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 1}, *identifiers], **limits}


def quotes(**quotes: object) -> dict[str, Any]:
    """Build rates of one day, told in euros."""
    return {"currency": "EUR", "days": {"2026-01-31": quotes}}


def an_import(change: Mapping[str, Any] = {}, **fields: Any) -> dict[str, Any]:
    """Build a mapping with one call."""
    call = {"type": "track", "event": "Order Completed", "userId": "{customer}"}
    return {"source": "store", "key": ["customer"], "calls": [call | fields], **change}


def a_property(**field: object) -> dict[str, Any]:
    """Build a mapping with one property."""
    return an_import(properties={"x": field})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_names_its_schema_and_follows_it(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    schema = (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()

    wrong = Draft202012Validator(json.loads(schema.read_text())).iter_errors(yaml.safe_load(path.read_text()))

    assert [str(error) for error in wrong] == []


@pytest.mark.parametrize("path", sorted((CATALOG / "schemas").iterdir()), ids=lambda path: path.stem)
def test_every_schema_is_one(path: Path) -> None:
    wrong = Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(json.loads(path.read_text()))

    assert [str(error) for error in wrong] == []


def test_spells_out_the_rules_that_hold_by_default() -> None:
    assert check_rules(read("identity.yaml")) == DEFAULT_RULES


def test_has_six_segments_of_which_one_shows_a_visit_at_once() -> None:
    segments = {path.stem: parse(path.stem, read(f"segments/{path.name}")) for path in CATALOG.glob("segments/*.yaml")}

    assert len(segments) == 6
    assert all(isinstance(segment, Segment) for segment in segments.values())
    assert segments["just_browsing"].anonymous


def test_imports_name_sources_of_the_catalog() -> None:
    sources = {path.stem for path in CATALOG.glob("sources/*.yaml")}

    assert sources == {"web", "store"}
    assert {read(f"imports/{path.name}")["source"] for path in CATALOG.glob("imports/*.yaml")} <= sources


def test_has_a_sample_with_all_that_is_strange_about_purchases() -> None:
    with (CATALOG / "samples/purchases.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    customers_and_days = Counter((row["customer_id"], row["date"]) for row in rows)
    assert len({row["customer_id"] for row in rows}) == 300
    assert max(Counter(tuple(row.values()) for row in rows).values()) >= 2
    assert max(customers_and_days.values()) >= 2
    assert any(float(row["dollars"]) == 0 for row in rows)


def planned(**schema: object) -> dict[str, Any]:
    """Build a plan of an event with a schema of its properties."""
    return {"event": "Order Completed", "properties": schema}


def planned_traits(**traits: Any) -> dict[str, Any]:
    """Build a plan of the traits of identify calls."""
    return {"type": "identify", "traits": {"properties": traits}}


def a_purpose(categories: object = None, **fields: object) -> dict[str, Any]:
    """Build purposes, of which one has these fields."""
    both = {"purposes": {"news": fields, "orders": {"basis": "contract"}}}
    return both if categories is None else {**both, "categories": categories}


def an_email(**fields: Any) -> dict[str, Any]:
    """Build a template of an e-mail."""
    return {"channel": "email", "subject": "Hello", "text": "Hello", **fields}


GOOD = [
    ("workspace", {}),
    ("consent", a_purpose()),
    ("consent", a_purpose(name="News", description="What is new", channels=["email", "sms"], text="v1", devices=True)),
    ("consent", a_purpose(basis="legitimate_interests", unsaid="granted")),
    ("consent", a_purpose(basis="contract", unsaid="granted")),
    (
        "consent",
        a_purpose(
            {
                "tcf": {"1": ["news"], "24": ["news"]},
                "gpp": {"sale": ["news"]},
                "google": {"ad_storage": ["news"]},
                "gpc": ["news"],
            }
        ),
    ),
    ("consent", {"id": "purposes", **a_purpose({"segment": {"C0004": ["news"]}, "rudderstack": {"ads": ["news"]}})}),
    ("segment", {**a_segment(event="X"), "purpose": "news"}),
    ("segment", {**a_segment(event="X"), "purpose": "news", "channel": "email"}),
    ("segment", a_segment(consent={"purpose": "news"})),
    ("segment", a_segment(consent={"purpose": "news", "channel": "email", "state": "denied"})),
    ("list", {}),
    ("teams", {}),
    ("teams", {"id": "teams", "others": "none", "teams": {}}),
    ("teams", {"teams": {"dach": {"name": "DACH", "segments": ["lapsed"], "traits": "all"}}}),
    ("messaging", {}),
    ("messaging", {"id": "policy", "caps": [{"most": 0, "days": 90}], "quiet": [], "holdout": 5}),
    ("messaging", {"caps": [{"most": 3, "days": 7, "class": "marketing", "kept": {"messages": 1, "priority": 50}}]}),
    ("messaging", {"quiet": [{"from": "21:00", "to": "08:00", "channels": ["sms"], "classes": ["transactional"]}]}),
    ("retention", {}),
    ("retention", {"id": "periods", "default": "13 months", "anonymous": "30 days", "profiles": "10 years"}),
    ("retention", {"events": {"Product Viewed": "90 days"}, "types": {"page": "7 days"}, "sources": {"web": "1 year"}}),
    ("list", {"id": "x", "name": "Press", "description": "Who writes about us"}),
    ("workspace", {"zone": "UTC"}),
    ("workspace", {"four_eyes": True}),
    ("workspace", {"id": "settings", "zone": "Europe/Berlin", "currency": "EUR"}),
    ("workspace", {"exports": {}}),
    ("workspace", {"exports": {"approve_above": 0, "approve_personal_above": 200_000, "a_day": 1_000}}),
    ("rates", {"currency": "EUR"}),
    ("rates", {"name": "Ours", "description": "Why", "currency": "SEK", "base": "EUR", "days": {}}),
    ("rates", {"base": "EUR", "days": {"2026-01-31": {"USD": 1.0856, "JPY": "160.25", "KRW": 1700}}}),
    ("rates", quotes(USD="0.000000001", VND=1e9)),
    ("source", {"unplanned": "quarantine"}),
    ("tracking-plan", {"all": True}),
    ("tracking-plan", {"group": True, "description": "Why", "mode": "draft"}),
    ("tracking-plan", {"type": "identify", "extends": ["x"], "traits": {"required": ["email"]}}),
    ("tracking-plan", planned(type="object", properties={"a": {"type": ["string", "null"], "format": "uuid"}})),
    ("tracking-plan", planned(properties={"note": {"x-privacy": "none"}, "seat": {"x-privacy": "sensitive"}})),
    ("tracking-plan", planned_traits(email={"x-facets": ["hash", "domain"]}, phone={"x-facets": ["calling_code"]})),
    ("tracking-plan", planned(properties={"a": {"$ref": "#/$defs/b"}}, **{"$defs": {"b": True}})),
    ("source", {"name": "Some", "description": "Why"}),
    ("source", {"id": "x"}),
    ("source", {"keys": [{"label": "web"}]}),
    ("source", {"keys": [{"label": "web", "kind": "public"}, {"label": "backend", "kind": "server"}]}),
    ("source", a_key(origins=["https://shop.example.com", "http://*.example.com:8080"], origins_required=True)),
    ("source", a_key(origins=["capacitor://localhost"], origins_required=False)),
    ("source", a_key(accepts=["page", "identify", {"track": ["Product Viewed"]}])),
    ("source", a_key(kind="server", accepts=["track"], origins_required=False)),
    ("source", {"signed_user_ids": {"required": True}}),
    ("source", {"signed_user_ids": {"required": False}}),
    ("source", {"quotas": {}}),
    ("source", {"third_party": True}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": {"defer": 5, "refuse": 6}, "bytes_per_hour": {}}}}),
    ("source", {"quotas": {"per_address": {"identities_per_hour": {"refuse": 10**12}}}}),
    ("segment", a_segment(event="Product Viewed")),
    ("segment", a_segment(event="Product Viewed", within="10 seconds")),
    ("segment", a_segment(event="Product Viewed", within="1 day", count={"at_least": 100})),
    ("segment", a_segment(event="Product Viewed", count={"equals": 0})),
    ("segment", a_segment(event="Product Viewed", count={"at_most": 1_000_000})),
    ("segment", a_segment(event="Order Completed", sum={"of": "revenue", "more_than": 1.5}, within="30 days")),
    ("segment", a_segment(event="X", count={"at_least": 1, "at_most": 2})),
    ("segment", a_segment(event="X", within="1 day", count={"at_least": 101})),
    ("segment", a_segment(trait="plan", equals="gold", exists=True)),
    ("segment", a_segment(trait="email", exists=True)),
    ("segment", a_segment(trait="plan", equals="gold")),
    ("segment", a_segment(trait="beta", equals=False)),
    ("segment", a_segment(orders="revenue", at_least=500)),
    ("segment", a_segment(any=[{"not": {"trait": "plan", "exists": False}}, {"all": [{"event": "X"}]}])),
    ("segment", {"anonymous": True, "where": {"audience": "sports", "provider": "acme"}}),
    ("segment", a_segment(list="vip")),
    ("segment", {"id": "some", "description": "Why", "anonymous": True, "where": {"event": "X"}}),
    ("identity", rules()),
    ("identity", rules({"kind": "loyalty.card", "from": ["traits.card"], "known": True, "blocked": ["0"]})),
    ("identity", rules({"kind": "ios.id", "from": ["context.device.id"], "when": {"context.device.type": "ios"}})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {"context.os": "ios", "context.device.tracked": True}})),
    ("identity", rules({"kind": "card"})),
    ("identity", rules(blocked=["0000"])),
    ("identity", rules(blocked=["0000", {"matches": "^test-"}])),
    ("identity", rules({"kind": "card", "blocked": [{"matches": "(?i)^(test|demo)-[0-9]{4,}$"}]})),
    ("identity", rules(never=[["email", "ga_client_id"]])),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "7 days"}})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "annually"}})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "ever"}})),
    ("identity", rules(max_merges=1, max_identifiers=1000)),
    ("template", {"channel": "sms", "text": "Your order {{entry.order_id}} is late"}),
    ("template", {"channel": "in_app", "subject": "New", "text": "Look", "link": "{{traits.page}}"}),
    ("template", {"id": "x", "name": "X", "description": "", "channel": "email", "subject": "Hi\n", "text": "Hello"}),
    ("template", an_email(preheader="{{traits.city}}", html='<a href="{{links.preferences}}">x</a>')),
    ("template", an_email(**{"from": "The Shop <hello@shop.example>", "reply_to": "help@shop.example"})),
    ("webhook", {"url": "https://api.shop.example"}),
    ("webhook", {"name": "X", "url": "https://api.shop.example:443/x?y=1", "timeout": "10 seconds"}),
    ("webhook", {"url": "http://localhost:8000/"}),
    ("import", an_import()),
    ("import", an_import({"repeats": False, "encoding": "latin-1", "name": "Some", "description": "Why"})),
    ("import", an_import(type="group", groupId="{company}")),
    ("import", an_import(timestamp={"column": "d", "type": "date", "format": "%d.%m.%Y", "zone": "Europe/Berlin"})),
    ("import", an_import(context={"ip": "{ip}", "device": {"id": {"column": "device"}}}, traits={"vip": True})),
    ("import", a_property(column="x", type="number", decimal=",", required=True)),
    ("import", a_property(column="x", type="boolean", skip=True)),
    ("import", a_property(template="{a}-{b}-{$message_id}", skip=True)),
    ("import", a_property(constant=0)),
]
BAD = [
    ("template", {"channel": "sms"}),
    ("template", {"channel": "fax", "text": "x"}),
    ("template", {"channel": "sms", "text": "x", "subject": "x"}),
    ("template", {"channel": "sms", "text": "x" * 1_001}),
    ("template", {"channel": "in_app", "text": "x"}),
    ("template", {"channel": "in_app", "text": "x", "subject": "x", "html": "x"}),
    ("template", an_email(subject="two\nlines")),
    ("template", an_email(**{"from": "hello"})),
    ("template", an_email(reply_to="a@b.example\nBcc: c@d.example")),
    ("template", an_email(link="https://shop.example")),
    ("webhook", {}),
    ("webhook", {"url": "http://api.shop.example"}),
    ("webhook", {"url": "https://10.0.0.1"}),
    ("webhook", {"url": "https://user@api.shop.example"}),
    ("webhook", {"url": "https://api.shop.example:8443"}),
    ("webhook", {"url": "https://api.shop.example", "timeout": 5}),
    ("webhook", {"url": "https://api.shop.example", "secret": "x"}),
    ("segment", {"anonymous": True, "where": {"audience": ""}}),
    ("segment", {"anonymous": True, "where": {"audience": "sports", "score": 1}}),
    ("workspace", {"zone": ""}),
    ("messaging", {"caps": {"most": 3, "days": 7}}),
    ("messaging", {"caps": [{"most": 3}]}),
    ("messaging", {"caps": [{"most": 3, "days": 91}]}),
    ("messaging", {"caps": [{"most": 3, "days": 7, "channel": "post"}]}),
    ("messaging", {"caps": [{"most": 3, "days": 7, "kept": {"messages": 1}}]}),
    ("messaging", {"quiet": [{"from": "21:00"}]}),
    ("messaging", {"quiet": [{"from": "21:00", "to": "24:00"}]}),
    ("messaging", {"quiet": [{"from": "21:00", "to": "08:00", "channels": []}]}),
    ("messaging", {"holdout": 101}),
    ("retention", {"default": "for ever"}),
    ("retention", {"default": 90}),
    ("retention", {"default": "6 weeks"}),
    ("retention", {"default": "-1 days"}),
    ("retention", {"default": "1 day extra"}),
    ("retention", {"events": ["Product Viewed"]}),
    ("retention", {"events": {"": "90 days"}}),
    ("retention", {"types": {"visit": "90 days"}}),
    ("retention", {"sources": {"web": None}}),
    ("retention", {"fields": {"ip": "90 days"}}),
    ("teams", {"others": "some"}),
    ("teams", {"teams": []}),
    ("teams", {"teams": {"DACH": {"segments": "all", "traits": "all"}}}),
    ("teams", {"teams": {"dach": {"segments": "all"}}}),
    ("teams", {"teams": {"dach": {"segments": "lapsed", "traits": "all"}}}),
    ("teams", {"teams": {"dach": {"segments": [""], "traits": "all"}}}),
    ("teams", {"teams": {"dach": {"segments": [1], "traits": "all"}}}),
    ("teams", {"teams": {"dach": {"segments": "all", "traits": "all", "events": "all"}}}),
    ("teams", {"team": {}}),
    ("list", {"name": ""}),
    ("list", {"name": "x" * 501}),
    ("list", {"members": ["ann@shop.example"]}),
    ("list", {"third_party": True}),
    ("workspace", {"zone": None}),
    ("workspace", {"zone": 1}),
    ("workspace", {"currency": "eur"}),
    ("workspace", {"exports": None}),
    ("workspace", {"exports": {"approve_above": -1}}),
    ("workspace", {"exports": {"approve_personal_above": 200_001}}),
    ("workspace", {"exports": {"a_day": 0}}),
    ("workspace", {"exports": {"a_day": True}}),
    ("workspace", {"exports": {"approve": 1}}),
    ("workspace", {"currency": "EURO"}),
    ("workspace", {"currency": None}),
    ("workspace", {"locale": "de"}),
    ("workspace", {"four_eyes": "yes"}),
    ("source", {"unplanned": "drop"}),
    ("source", {"third_party": "yes"}),
    ("tracking-plan", {}),
    ("tracking-plan", {"event": "X", "type": "identify"}),
    ("tracking-plan", {"event": " "}),
    ("tracking-plan", {"type": "track"}),
    ("tracking-plan", {"group": False}),
    ("tracking-plan", {"group": True, "extends": ["x"]}),
    ("tracking-plan", {"event": "X", "extends": ["x", "x"]}),
    ("tracking-plan", {"event": "X", "mode": "block"}),
    ("tracking-plan", {"event": "X", "schema": {}}),
    ("tracking-plan", planned(type="array")),
    ("tracking-plan", planned(properties={"a": {"type": "strin"}})),
    ("tracking-plan", planned(properties={"a": {"x-privacy": "secret"}})),
    ("tracking-plan", planned_traits(email={"x-facets": ["local_part"]})),
    ("tracking-plan", planned_traits(email={"x-facets": []})),
    ("tracking-plan", planned_traits(email={"x-facets": "hash"})),
    ("source", {"name": ""}),
    ("source", {"name": 5}),
    ("source", {"name": "Some", "key": "wk_1"}),
    ("source", {"keys": []}),
    ("source", {"keys": ["web"]}),
    ("source", {"keys": [{"kind": "public"}]}),
    ("source", {"keys": [{"label": "Web"}]}),
    ("source", {"keys": [{"label": "signing"}]}),
    ("source", {"keys": [{"label": f"k{n}"} for n in range(11)]}),
    ("source", a_key(kind="secret")),
    ("source", a_key(key="wk_1")),
    ("source", a_key(origins=[])),
    ("source", a_key(origins=["shop.example.com"])),
    ("source", a_key(origins=["https://shop.example.com/"])),
    ("source", a_key(origins=["https://*"])),
    ("source", a_key(origins=["https://Shop.example.com"])),
    ("source", a_key(kind="server", origins=["https://shop.example.com"])),
    ("source", a_key(origins_required=True)),
    ("source", a_key(origins=["https://shop.example.com"], origins_required="yes")),
    ("source", a_key(accepts=[])),
    ("source", a_key(accepts=["click"])),
    ("source", a_key(accepts=[{"track": []}])),
    ("source", a_key(accepts=[{"page": ["Home"]}])),
    ("source", a_key(accepts=[{"track": ["A"], "page": ["B"]}])),
    ("source", a_key(accepts={"types": ["page"]})),
    ("source", {"quotas": False}),
    ("source", {"quotas": {"per_person": {}}}),
    ("source", {"quotas": {"per_key": {"requests_per_day": {}}}}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": 5}}}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": {"defer": 0}}}}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": {"defer": 1.5}}}}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": {"most": 5}}}}),
    ("source", {"signed_user_ids": True}),
    ("source", {"signed_user_ids": {}}),
    ("source", {"signed_user_ids": {"required": "yes"}}),
    ("source", {"signed_user_ids": {"required": True, "secret": "mine"}}),
    ("segment", {}),
    ("segment", {"name": "Some", "where": {}}),
    ("segment", {"where": {"event": "X"}, "anonymous": "yes"}),
    ("segment", {"where": {"event": "X"}, "name": {"en": "Some"}}),
    ("segment", {"where": {"event": "X"}, "name": ""}),
    ("segment", {"where": {"event": "X"}, "description": ["Why"]}),
    ("segment", {"where": {"event": "X"}, "sql": "1"}),
    ("segment", a_segment(event="")),
    ("segment", a_segment(event="X" * 201)),
    ("segment", a_segment(event="X", trait="y")),
    ("segment", a_segment(event="X", within="10")),
    ("segment", a_segment(event="X", within="0 days")),
    ("segment", a_segment(event="X", within="ten days")),
    ("segment", a_segment(event="X", within="1 month")),
    ("segment", a_segment(event="X", count=3)),
    ("segment", a_segment(event="X", count={"at_least": -1})),
    ("segment", a_segment(event="X", count={"at_least": True})),
    ("segment", a_segment(event="X", count={"at_least": 1}, sum={"of": "y", "at_least": 1})),
    ("segment", a_segment(event="X", sum={"of": "y"})),
    ("segment", a_segment(event="X", sum={"at_least": 1})),
    ("segment", a_segment(event="X", sum={"of": "y", "at_least": "1"})),
    ("segment", a_segment(trait="plan")),
    ("segment", a_segment(trait="plan", equals=None)),
    ("segment", a_segment(trait="plan", at_least=True)),
    ("segment", a_segment(trait="plan", exists="yes")),
    ("segment", a_segment(orders="value", at_least=1)),
    ("segment", a_segment(orders="count")),
    ("segment", a_segment(event="X", within="7 days", calendar_days=7)),
    ("segment", a_segment(event="X", calendar_days=401)),
    ("segment", a_segment(event="X", days={"at_least": 2}, within="7 days")),
    ("segment", a_segment(event="X", sessions={"at_least": 2})),
    ("segment", a_segment(event="X", count={"at_least": 1.5})),
    ("segment", a_segment(event="X", first_time={"at_least": 5})),
    ("segment", a_segment(event="X", last_time={"within_last": "7 days"}, within="7 days")),
    ("segment", a_segment(event="X", values={"of": "y", "at_least": 5})),
    ("segment", a_segment(event="X", where={"y": {"within_last": "7 days"}})),
    ("segment", a_segment(event="X", where={"y": {}})),
    ("segment", a_segment(event="X", where={f"p{n}": 1 for n in range(11)})),
    ("segment", a_segment(event="X", returned={"after_days": 5})),
    ("segment", a_segment(event="X", regularly={"every_days": 7, "in": 3})),
    ("segment", a_segment(event="X", not_followed_by={"event": "Y"}, within="7 days")),
    ("segment", a_segment(sequence=["X"], within="1 day", ended_within="7 days")),
    ("segment", a_segment(sequence=["X", "Y"], within="1 day")),
    ("segment", a_segment(latest="X")),
    ("segment", a_segment(orders="first_time", within="7 days", within_last="1 days")),
    ("segment", a_segment(drawn={"from": 5})),
    ("segment", a_segment(segment="a", list="b")),
    ("segment", a_segment(trait="due", before="tomorrow")),
    ("segment", a_segment(trait="due", anniversary={"within_next": 400})),
    ("segment", a_segment(trait="due", **{"in": []})),
    ("segment", a_segment(all=[])),
    ("segment", a_segment(all={"event": "X"})),
    ("segment", a_segment(**{"not": [{"event": "X"}]})),
    ("segment", a_segment(any=[{"event": "X"}], all=[{"event": "X"}])),
    ("identity", {}),
    ("identity", {"identifiers": []}),
    ("identity", {"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 2}]}),
    ("identity", {"identifiers": [{"kind": "email", "from": ["traits.email"]}]}),
    ("identity", rules({"kind": "p_x", "from": ["x"]})),
    ("identity", rules({"kind": "x", "from": "traits.x"})),
    ("identity", rules({"kind": "x", "from": [""]})),
    ("identity", rules({"kind": "x", "from": ["traits..x"]})),
    ("identity", rules({"kind": "x", "from": [["traits", "x"]]})),
    ("identity", rules({"kind": "x", "from": ["x" * 201]})),
    ("identity", rules({"kind": "x", "from": ["x"], "known": "yes"})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": None})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": ["context.os", "ios"]})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {"context.os": 5}})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {"context.os": ""}})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {"context.os": ["ios"]}})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {"": "ios"}})),
    ("identity", rules({"kind": "x", "from": ["x"], "when": {f"context.{n}": "ios" for n in range(11)}})),
    ("identity", rules(blocked=[0])),
    ("identity", rules(blocked=[{"matches": "x" * 257}])),
    ("identity", rules(blocked=[{"matches": ""}])),
    ("identity", rules(blocked=[{"matches": 5}])),
    ("identity", rules(blocked=[{"matches": "x", "of": "y"}])),
    ("identity", rules(never=[["email"]])),
    ("identity", rules(never=[["email", "email"]])),
    ("identity", rules(never=[["email", "Card"]])),
    ("identity", rules(never=["email", "ga_client_id"])),
    ("identity", rules({"kind": "card", "limit": {"count": 5}})),
    ("identity", rules({"kind": "card", "limit": {"count": 0, "within": "7 days"}})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "fortnightly"}})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": 7}})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "7 days", "of": "x"}})),
    ("identity", rules({"kind": "x", "from": ["x"], "blocked": [0]})),
    ("identity", rules({"kind": "Card", "from": ["x"]})),
    ("identity", rules({"kind": "card", "from": "x"})),
    ("identity", rules({"kind": "card", "from": ["x"], "limit": 0})),
    ("identity", rules({"kind": "card", "from": ["x"], "when": {}})),
    ("identity", rules({"kind": "card", "from": ["x"], "regex": "x"})),
    ("identity", rules(max_merges=101)),
    ("import", an_import({"calls": []})),
    ("import", an_import({"key": []})),
    ("import", an_import({"source": ""})),
    ("import", an_import({"repeats": 1})),
    ("import", an_import({"script": "x"})),
    ("import", an_import(type="alias")),
    ("import", an_import(type="group")),
    ("import", {"source": "x", "key": ["a"], "calls": [{"type": "identify"}]}),
    ("import", {"source": "x", "key": ["a"], "calls": [{"type": "track", "userId": "{a}"}]}),
    ("import", an_import(userId=5)),
    ("import", an_import(userId={"column": "x", "type": "number"})),
    ("import", an_import(event="{a")),
    ("import", an_import(event="{}")),
    ("import", an_import({"description": 5})),
    ("import", an_import(event="{$now}")),
    ("import", an_import(timestamp="{d}")),
    ("import", an_import(timestamp={"column": "d"})),
    ("import", an_import(timestamp={"column": "d", "type": "date", "at": "noon"})),
    ("import", an_import(properties={})),
    ("import", an_import(properties={"x": None})),
    ("import", an_import(properties={"x": {"y": []}})),
    ("import", a_property(column="x", type="money")),
    ("import", a_property(column="x", type="text", decimal=",")),
    ("import", a_property(column="x", type="number", decimal=";")),
    ("import", a_property(column="x", required=True, skip=True)),
    ("import", a_property(column="x", template="{x}")),
    ("import", a_property(template="x")),
    ("import", a_property(constant="")),
    ("import", a_property(constant=1, required=True)),
    ("rates", {}),
    ("rates", {"name": "Some"}),
    ("rates", {"days": {}}),
    ("rates", {"base": "EUR"}),
    ("rates", {"currency": "eur"}),
    ("rates", {"currency": "XXX"}),
    ("rates", {"currency": "EUR", "rate": 1}),
    ("rates", {"currency": "EUR", "name": ""}),
    ("rates", {"currency": "EUR", "days": []}),
    ("rates", {"currency": "EUR", "days": {"31.1.2026": {"USD": 1}}}),
    ("rates", quotes()),
    ("rates", quotes(usd=1)),
    ("rates", quotes(USD=0)),
    ("rates", quotes(USD=True)),
    ("rates", quotes(USD=None)),
    ("rates", quotes(USD="1,25")),
    ("rates", quotes(USD="1e3")),
    ("rates", quotes(USD=1e10)),
    ("consent", {}),
    ("consent", {"purposes": {}}),
    ("consent", {"purposes": {"News": {}}}),
    ("consent", {"purposes": {f"p{number}": {} for number in range(31)}}),
    ("consent", a_purpose(basis="law")),
    ("consent", a_purpose(unsaid="granted")),
    ("consent", a_purpose(basis="consent", unsaid="granted")),
    ("consent", a_purpose(basis="contract", unsaid="denied")),
    ("consent", a_purpose(channels=["E-Mail"])),
    ("consent", a_purpose(channels=["email", "email"])),
    ("consent", a_purpose(devices="yes")),
    ("consent", a_purpose(name="")),
    ("consent", a_purpose(owner="me")),
    ("consent", a_purpose({"onetrust": {"C0004": ["news"]}})),
    ("consent", a_purpose({"tcf": {"25": ["news"]}})),
    ("consent", a_purpose({"tcf": {"03": ["news"]}})),
    ("consent", a_purpose({"gpp": {"sensitive": ["news"]}})),
    ("consent", a_purpose({"google": {"ads": ["news"]}})),
    ("consent", a_purpose({"segment": {"C0004": []}})),
    ("consent", a_purpose({"segment": {"C0004": ["news", "news"]}})),
    ("consent", a_purpose({"gpc": "news"})),
    ("segment", {**a_segment(event="X"), "channel": "email"}),
    ("segment", {**a_segment(event="X"), "purpose": "No News"}),
    ("segment", a_segment(consent="news")),
    ("segment", a_segment(consent={"channel": "email"})),
    ("segment", a_segment(consent={"purpose": "news", "state": "yes"})),
]
ONLY_THE_PARSER_KNOWS = [
    ("messaging", {"caps": [{"most": 1, "days": 7, "kept": {"messages": 2, "priority": 50}}]}),
    ("messaging", {"quiet": [{"from": "08:00", "to": "08:00"}]}),
    ("messaging", {"quiet": [{"from": "08:00", "to": "20:00"}, {"from": "20:00", "to": "08:00"}]}),
    ("retention", {"default": "6 days"}),
    ("retention", {"default": "11 years"}),
    ("retention", {"anonymous": "29 days"}),
    ("retention", {"profiles": "7 days"}),
    ("consent", a_purpose({"gpc": ["newsletter"]})),
    ("consent", a_purpose({"gpc": ["orders"]})),
    ("segment", a_segment(audience="sports")),
    ("tracking-plan", planned_traits(plan={"x-facets": ["hash"]})),
    ("workspace", {"zone": "Europe/Atlantis"}),
    ("workspace", {"zone": "../../etc/passwd"}),
    ("workspace", {"currency": "EUD"}),
    ("workspace", {"currency": "XXX"}),
    ("rates", {"currency": "EUR", "days": {"2026-02-30": {"USD": 1}}}),
    ("rates", quotes(EUR=1)),
    ("rates", quotes(USD="0")),
    ("source", {"keys": [{"label": "web"}, {"label": "web", "kind": "server"}]}),
    ("source", {"quotas": {"per_key": {"requests_per_minute": {"defer": 6, "refuse": 5}}}}),
    ("segment", a_segment(trait="email", equals="ann@shop.example")),
    ("segment", a_segment(event="X", within="9999 days")),
    ("segment", a_segment(event="X", where={"email": "a"})),
    ("segment", a_segment(event="X", **{"from": "2026-02-01", "to": "2026-01-01"})),
    ("segment", a_segment(event="X", last={"of": "due", "within_next": "7 days"}, within="7 days")),
    ("segment", a_segment(event="X", not_followed_by={"event": "Y", "within": "7 days"}, within="7 days")),
    ("segment", a_segment(event="X", regularly={"every_days": 30, "in": 3, "of_last": 20})),
    ("segment", a_segment(event="X", returned={"after_days": 300}, calendar_days=200)),
    ("segment", a_segment(latest="X", ago="7 days", within="1 day")),
    ("segment", a_segment(drawn={"from": 20, "to": 10})),
    ("segment", a_segment(trait="plan", matches="(?=x)")),
    ("identity", rules({"kind": "user_id", "from": ["x"]})),
    ("identity", rules({"kind": "card", "limit": {"count": 5, "within": "9999 days"}})),
    ("identity", rules(blocked=[{"matches": "x"}] * 21)),
    ("identity", rules(blocked=[{"matches": "(a"}])),
    ("identity", rules({"kind": "card", "blocked": [{"matches": "(?=a)b"}]})),
    ("import", an_import({"encoding": "rot13"})),
    ("import", an_import(timestamp={"column": "d", "type": "date", "format": "%d"})),
    ("import", an_import(timestamp={"column": "d", "type": "date", "zone": "Nowhere"})),
]


@pytest.mark.parametrize(("kind", "definition"), GOOD)
def test_schema_and_parser_take_the_same(kind: str, definition: dict[str, Any]) -> None:
    assert (accepts(kind, definition), parses(kind, definition)) == (True, True)


@pytest.mark.parametrize(("kind", "definition"), BAD)
def test_schema_and_parser_refuse_the_same(kind: str, definition: dict[str, Any]) -> None:
    assert (accepts(kind, definition), parses(kind, definition)) == (False, False)


@pytest.mark.parametrize(("kind", "definition"), ONLY_THE_PARSER_KNOWS)
def test_some_things_only_the_parser_knows(kind: str, definition: dict[str, Any]) -> None:
    assert (accepts(kind, definition), parses(kind, definition)) == (True, False)


@given(definitions)
def test_the_schema_of_segments_takes_whatever_the_parser_takes(definition: dict[str, Any]) -> None:
    assert accepts("segment", definition)
    assert parses("segment", definition)


def blocks() -> list[tuple[str, str]]:
    """List the YAML in the docs, by the file that it stands for."""
    docs = CATALOG.parent / "docs"
    text = "".join(
        (docs / page).read_text()
        for page in (
            "catalog.md",
            "consent.md",
            "retention.md",
            "computed-traits.md",
            "identity.md",
            "import.md",
            "orders.md",
        )
    )
    return re.findall(r"```yaml\n# catalog/(\S+)\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(("path", "text"), blocks(), ids=lambda value: value[:20])
def test_what_the_docs_show_can_be_applied(path: str, text: str) -> None:
    kind = path.split("/")[0].removesuffix(".yaml")
    kind = kind if kind in ("rates", "consent", "retention") else kind.removesuffix("s")
    definition = cast(dict[str, Any], plain_yaml(text))

    assert (accepts(kind, definition), parses(kind, definition)) == (True, True)


def test_the_docs_show_every_kind() -> None:
    assert {path.split("/")[0] for path, _ in blocks()} == {
        "workspace.yaml",
        "consent.yaml",
        "retention.yaml",
        "lists",
        "sources",
        "identity.yaml",
        "segments",
        "imports",
        "rates",
        "computed-traits",
    }


@given(journeys)
def test_the_schema_of_journeys_takes_what_the_parser_takes(definition: dict[str, Any]) -> None:
    assert accepts("journey", definition) or not parses("journey", definition)


@pytest.mark.parametrize(
    "definition",
    [definition for definition, _, said in WRONG if said in ("is by one of", "is one step", "is one of email")],
    ids=str,
)
def test_the_schema_of_journeys_refuses_other_words(definition: dict[str, Any]) -> None:
    assert not accepts("journey", definition)


def test_the_conditions_of_journeys_are_those_of_segments() -> None:
    journey, segment = (json.loads((CATALOG / f"schemas/{kind}.json").read_text()) for kind in ("journey", "segment"))

    assert {name: journey["$defs"][name] for name in segment["$defs"]} == segment["$defs"]
