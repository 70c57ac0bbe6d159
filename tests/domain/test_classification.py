"""What is personal is sealed, and what the ledger, the segments and marketers need is not lost by it."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.calls import Delivery, read
from regulars.domain.classification import sort_fields
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.orders import drawer_of
from regulars.domain.payloads import read_object
from regulars.domain.sources import Source
from tests.builders import START

DELIVERY = Delivery(
    source=Source(id="web", name="Web"), received=START + SECOND, rules=DEFAULT_RULES, hash_key=bytes(32)
)
OWN = ["customer-17", "ann", "48213", "Jane Doe", "jürgen42"]


def shown(**properties: Any) -> dict[str, Any]:
    """What of the properties stays in clear."""
    return dict(sort_fields(properties, {}, {}, OWN).properties)


PARTS: dict[str, tuple[Any, Any]] = {
    "an object": ({"first_name": "Jane", "size": "M"}, {"size": "M"}),
    "an object in a list": ([{"sku": "a", "recipient_email": "x", "price": 1}], [{"sku": "a", "price": 1}]),
    "deep down": ({"a": [{"b": {"phone": "1", "c": 2}}]}, {"a": [{"b": {"c": 2}}]}),
    "a dotted name": ({"shipping.first_name": "Jane", "a": 1}, {"a": 1}),
    "a person": ({"customer": {"name": "Jane", "tier": "gold"}}, {"customer": {"tier": "gold"}}),
    "a product": ({"product": {"name": "Shoe"}}, {"product": {"name": "Shoe"}}),
    "an address in a list of texts": (["a", "jane@example.com", "b"], ["a", None, "b"]),
    "an address as a name": ({"jane@example.com": 1, "a": 2}, {"a": 2}),
    "an id as a name": ({"Customer-17": 1, "a": 2}, {"a": 2}),
    "an id in a list of numbers": ([48213, 1], [None, 1]),
    "a query in a list": ([{"link": "https://x.example/p?a=1"}], [{"link": "https://x.example/p"}]),
    "what has phones": (
        {"has_phone": True, "phone": True, "email": None},
        {"has_phone": True, "phone": True, "email": None},
    ),
    "nothing personal": ({"a": [1, {"b": [None, True, "c"]}]}, {"a": [1, {"b": [None, True, "c"]}]}),
}


@pytest.mark.parametrize(("value", "rest"), PARTS.values(), ids=PARTS)
def test_what_is_personal_in_part_stays_in_clear_in_part(value: Any, rest: Any) -> None:
    found = sort_fields({"thing": value}, {}, {}, OWN)

    assert found.properties == {"thing": rest}
    assert found.personal_properties == ({} if value == rest else {"thing": value})


TELLING: list[Any] = [
    "customer-17", "CUSTOMER-17", "Customer-17", "of customer-17.", "of%20customer%2D17", "customer%252D17",
    "ｃｕｓｔｏｍｅｒ-17", "custo\u200bmer-17", "ann", "ANN", " Ann ", "a%6En", "48213", 48213, 48213.0,
    "jane doe", "JANE%20DOE", "by Jane Doe", "JÜRGEN42", "ju\u0308rgen42", "j%C3%BCrgen42",
    "jane@example.com", "JANE@EXAMPLE.COM", "jane%40example.com", "jane＠example.com", "Jane <jane@example.com>",
]  # fmt: skip


@pytest.mark.parametrize("value", TELLING)
def test_an_address_or_an_id_of_the_event_s_own_is_sealed_however_it_is_written(value: Any) -> None:
    assert shown(label=value) == {}
    assert sort_fields({}, {"plan": value}, {}, OWN).traits == {}
    assert sort_fields({}, {}, {"campaign": {"name": value}}, OWN).context == {"campaign": {}}


@pytest.mark.parametrize(
    "value",
    [
        "banner", "Anna", "Scrolled 100 %", "A-48213-X", 4821, 48214, 48213.5, True, "user at example.com",
        "https://cdn.example/logo@2x.png", "50 %", "%", "#ff0000", "#1 of all", "Really? Yes", "C# = good", "a=b",
        "1/2", "M/L", "?", "", "e = mc²",
    ],
)  # fmt: skip
def test_what_tells_nobody_stays_in_clear(value: Any) -> None:
    assert shown(label=value) == {"label": value}
    assert sort_fields({}, {"plan": value}, {}, OWN).traits == {"plan": value}


@pytest.mark.parametrize("name", "price quantity revenue total loyalty_points item_count position".split())
@pytest.mark.parametrize("value", [48213, "48213"])
def test_an_amount_stays_in_clear_even_if_somebody_is_called_so(name: str, value: Any) -> None:
    assert shown(**{name: value}) == {name: value}


def test_a_name_that_came_twice_hides_nobody() -> None:
    message = read_object(b'{"thing":{"a":"jane@example.com","a":1,"b":[{"phone":1,"phone":2,"c":3}]}}')

    assert shown(**message) == {"thing": {"a": [None, 1], "b": [{"c": 3}]}}


URLS = {
    "https://shop.example/p?token=1#x": "https://shop.example/p",
    "https://shop.example/p#access_token=1": "https://shop.example/p",
    "/reset?token=abc": "/reset",
    "/search?shoes": "/search",
    "reset?token=abc": "reset",
    "../reset?token=abc": "../reset",
    "//shop.example/p?a": "//shop.example/p",
    "www.shop.example/p?a b": "www.shop.example/p",
    "android-app://com.example/p?q=1": "android-app://com.example/p",
    "https://a.example/go/https://b.example/p?token=1": "https://a.example/go/https://b.example/p",
    "https://a.example/go/https%3A%2F%2Fb.example%2Fp%3Ftoken%3D1": "https://a.example/go/https%3A%2F%2Fb.example%2Fp",
    "https%3A%2F%2Fb.example%2Fp%3Ftoken%3D1": "https%3A%2F%2Fb.example%2Fp",
    "%2Freset%253Ftoken%253D1": "%2Freset",
    "see https://b.example/p?token=1 now": "see https://b.example/p",
    "https://a.example/?next=https://b.example/?token=1": "https://a.example/",
    "https://shop.example/p": "https://shop.example/p",
    "/p": "/p",
}


@pytest.mark.parametrize(("url", "path"), URLS.items())
def test_a_url_stays_in_clear_without_its_query(url: str, path: str) -> None:
    found = sort_fields({"link": url}, {"page": url}, {"page": {"path": url}, "app": {"at": url}}, OWN)

    assert found.properties == {"link": path}
    assert found.context == {"page": {"path": path}, "app": {"at": path}}
    assert found.personal_properties == ({} if path == url else {"link": url})
    assert found.traits == ({"page": url} if path == url else {})


@pytest.mark.parametrize("query", ["?token=abc", "?a=b c", "#access_token=1", "%3Ftoken%3D1"])
def test_a_query_alone_is_sealed(query: str) -> None:
    assert shown(link=query) == {}


def test_what_marketers_segment_on_stays_in_clear() -> None:
    properties = {
        "products": [{"name": "Shoe", "category": "Men", "brand": "B", "sku": "S-1", "price": 9.5, "url": "/p/1"}],
        "address_type": "home", "state": "completed", "name": "Spring", "title": "Sale", "revenue": 10, "coupon": None,
        "payment_method": "card", "email_opt_in": True, "phone_model": "X", "store_city": "Berlin",
    }  # fmt: skip

    assert shown(**properties) == properties


def test_a_trait_that_is_personal_in_part_is_sealed_whole() -> None:
    traits = {"spouse": {"first_name": "Joe"}, "plan": {"name": "Gold", "tier": 2}, "pets": [{"name": "Rex"}]}
    found = sort_fields({}, traits, {}, OWN)

    assert set(found.traits) == {"plan", "pets"}
    assert found.personal_traits == {"spouse": traits["spouse"]}


def test_consent_stays_in_clear_whatever_its_channels_are_called() -> None:
    context = {"consent": {"email": "granted", "phone": {"sms": "denied"}}, "app": {"email": "x", "name": "Shop"}}

    assert sort_fields({}, {}, context, OWN).context == {"consent": context["consent"], "app": {"name": "Shop"}}


@pytest.mark.parametrize("previous", ["48213999", 48213999])
def test_a_former_id_is_not_told_either(previous: Any) -> None:
    message = {"type": "alias", "userId": "u", "previousId": previous, "properties": {"a": 48213999, "b": "x-48213999"}}

    assert read(message, DELIVERY).event.properties == {}


def test_a_former_id_that_names_nobody_hides_nothing() -> None:
    message = {"type": "alias", "userId": "u", "previousId": "anonymous", "properties": {"a": "anonymous"}}

    assert read(message, DELIVERY).event.properties == {"a": "anonymous"}


def test_an_order_whose_id_tells_a_person_is_kept_in_the_ledger_under_a_hash() -> None:
    def order(order_id: str) -> Any:
        message = {
            "messageId": "m-1",
            "type": "track",
            "event": "Order Completed",
            "userId": "customer-17",
            "properties": {"order_id": order_id, "revenue": 5},
        }
        return read(message, DELIVERY)

    once, again, other = order("customer-17/1"), order("customer-17/1"), order("customer-17/2")

    assert "customer-17" not in str(once.event)
    assert once.personal["properties"] == {"order_id": "customer-17/1"}
    assert drawer_of(once.event) == drawer_of(again.event)
    assert once.event.properties["order_id"] == again.event.properties["order_id"]
    assert once.event.properties["order_id"] != other.event.properties["order_id"]


SPELLINGS = st.sampled_from([str, str.upper, str.title, quote, lambda text: quote(quote(text)), lambda t: f"a {t} b"])
told = st.builds(lambda spell: spell("customer-17é"), SPELLINGS)
trees = st.recursive(
    told | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(told | st.text(), inner)
)


@given(tree=trees)
def test_no_depth_hides_an_id(tree: Any) -> None:
    found = sort_fields({"a": tree}, {"a": tree}, {"campaign": tree}, ["customer-17é"])
    clear = json.dumps([found.properties, found.traits, found.context], ensure_ascii=False).lower()

    assert "customer-17" not in clear
    assert "customer%2d17" not in clear
    assert {**found.properties, **found.personal_properties} == {"a": tree}
    assert {**found.context, **found.personal_context} == {"campaign": tree}
