"""What changed identity rules would have joined or refused, had they held for the events of the lake."""

from typing import Any

import pytest
import yaml

from cli.identity_rules.preview import describe, preview
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.instants import SECOND
from regulars.domain.rehearsal import Claim
from tests.builders import START, an_event
from tests.cli.conftest import Regulars
from tests.cli.lakes import archive


def rules(limit: object = 5, **top: Any) -> IdentityRules:
    user = {"kind": "user_id", "from": ["userId"], "limit": 1}
    return parse_rules({"identifiers": [user, {"kind": "email", "limit": limit}, {"kind": "anonymous_id"}], **top})


def said(*events: tuple[str, ...]) -> list[Claim]:
    return [
        Claim(links=links, at=START + number * SECOND, arrival=START + number * SECOND)
        for number, links in enumerate(events)
    ]


ADDRESSES = said(("user_id:u", "email:a"), ("user_id:u", "email:b"), ("email:b", "anonymous_id:x"))


def test_counts_what_a_lower_limit_would_have_refused() -> None:
    found = preview(rules(), rules(limit=1), ADDRESSES)

    assert [(each.joins, each.owner, each.kept, each.limit) for each in found.differences] == [
        ("before", "email:b", "user_id:u", "email")
    ]
    assert (found.people, found.merges) == ((1, 2), (0, 0))


def test_counts_what_a_higher_limit_would_have_joined() -> None:
    found = preview(rules(limit=1), rules(), ADDRESSES)

    assert (found.counts("after"), found.counts("before")) == ({"email": 1}, {})


def test_tells_merges_that_would_not_have_been() -> None:
    claims = said(("user_id:u", "anonymous_id:x"), ("email:a", "anonymous_id:y"), ("user_id:u", "email:a"))

    found = preview(rules(), rules(never=[["user_id", "email"]]), claims)

    assert (found.merges, found.people) == ((1, 0), (1, 2))


def test_shows_no_whole_identifier() -> None:
    claims = said(("user_id:abcdefgh", "email:ijklmnop"), ("user_id:abcdefgh", "email:qrstuvwx"))

    found = preview(rules(), rules(limit=1), claims)

    assert describe(found)[-1].strip() == "2026-01-01T00:00:01  email •••qrstuv with user_id •••abcdef  (email)"


def change(lake: Regulars, **fields: Any) -> None:
    path = lake.folder / "catalog/identity.yaml"
    content = yaml.safe_load(path.read_text())
    content["identifiers"][1] |= fields
    path.write_text(yaml.safe_dump(content))


def test_plan_tries_changed_rules_on_the_lake(lake: Regulars) -> None:
    archive(*(an_event(number, links=("user_id:u", f"email:{number}")) for number in range(1, 4)), an_event(9))
    change(lake, limit=1)

    ended, found = lake("plan"), lake.json("plan")["identity"]

    assert "to the newest 3 events that tie identifiers together" in ended.out
    assert "2 times an identifier would have been refused, by limit: email 2" in ended.out
    assert (found["events"], found["refused"]["by_limit"], found["sealed"]) == (3, {"email": 2}, False)
    assert found["refused"]["sample"][0]["refused"] == "p_email:2"


def test_plan_says_what_is_sealed(lake: Regulars) -> None:
    archive(an_event(1, links=("user_id:u", "email:1")))
    change(lake, blocked=["a@x.example"])

    ended = lake("plan")

    assert "no difference to the newest 1 events" in ended.out
    assert "is sealed, and not told" in ended.out


@pytest.mark.parametrize("arguments", [(), ("--events", "0")])
def test_plan_goes_on_without_a_lake(applied: Regulars, arguments: tuple[str, ...]) -> None:
    change(applied, limit=1)

    ended = applied("plan", *arguments)

    assert ended.code == 0
    assert ("what the identity rules would have joined is not known" in ended.out) == (not arguments)


def test_plan_looks_at_no_event_where_the_rules_stay(applied: Regulars) -> None:
    assert "identity" not in applied.json("plan")
