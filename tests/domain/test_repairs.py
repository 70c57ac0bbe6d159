"""Mending a message: fields are dropped, renamed, converted and set, and nothing else is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.repairs import mend, parse_repair
from regulars.errors import DefinitionError

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "Viewed",
    "properties": {"pid": "p-1", "price": "9.50", "a.b": 1, "products": [{"pid": "x"}, {"pid": "y", "sku": "s"}]},
}


def mended(**definition: Any) -> Any:
    """The properties of the message after a repair."""
    return mend(MESSAGE, parse_repair(definition))["properties"]


def test_drops_a_field() -> None:
    assert mended(drop=["properties.pid"]) == {n: v for n, v in MESSAGE["properties"].items() if n != "pid"}


def test_renames_a_field_and_keeps_its_value() -> None:
    renamed = mended(rename={"properties.pid": "properties.product.id"})

    assert renamed["product"] == {"id": "p-1"}
    assert "pid" not in renamed


def test_renames_over_nothing_that_stands() -> None:
    assert mended(rename={"properties.pid": "properties.price"}) == MESSAGE["properties"]


def test_renames_to_nowhere_that_is_no_object() -> None:
    assert mended(rename={"properties.pid": "event.pid"}) == MESSAGE["properties"]


def test_renames_in_every_item_of_a_list() -> None:
    renamed = mended(rename={"properties.products.*.pid": "properties.products.*.sku"})

    assert renamed["products"] == [{"sku": "x"}, {"pid": "y", "sku": "s"}]


@pytest.mark.parametrize(
    ("kind", "sent", "meant"),
    [
        ("number", "9.50", 9.5),
        ("number", " 12 ", 12),
        ("number", "1e3", 1000.0),
        ("number", "9,50", "9,50"),
        ("number", "9" * 40, "9" * 40),
        ("number", "１２", "１２"),
        ("text", 12, "12"),
        ("text", True, "true"),
        ("text", {"a": 1}, {"a": 1}),
        ("boolean", "Yes", True),
        ("boolean", 0, False),
        ("boolean", "perhaps", "perhaps"),
        ("instant", 1_767_225_600, "2026-01-01T00:00:00.000000Z"),
        ("instant", "yesterday", "yesterday"),
        ("object", '{"a": 1}', {"a": 1}),
        ("object", "[1]", "[1]"),
        ("object", "\ud800", "\ud800"),
    ],
)
def test_converts_what_can_be_converted(kind: str, sent: object, meant: object) -> None:
    message = {"properties": {"x": sent}}

    assert mend(message, parse_repair({"convert": {"properties.x": kind}})) == {"properties": {"x": meant}}


def test_sets_a_field_that_was_not_there() -> None:
    assert mended(set={"properties.currency.code": "EUR"})["currency"] == {"code": "EUR"}


def test_reaches_items_of_a_list_and_names_with_dots() -> None:
    changed = mended(set={"properties.products.1.pid": "z", r"properties.a\.b": 2})

    assert changed["products"][1]["pid"] == "z"
    assert changed["a.b"] == 2


def test_leaves_other_messages_alone() -> None:
    assert mended(when={"event": "Bought"}, drop=["properties"]) == MESSAGE["properties"]
    assert mended(when={"event": "Viewed", "properties.products.0.pid": "x"}, set={"properties": 1}) == 1


def test_leaves_what_is_no_object_alone() -> None:
    repair = parse_repair({"drop": ["a"], "rename": {"a": "b"}, "convert": {"a": "text"}, "set": {"a": 1}})

    assert [mend(message, repair) for message in (None, 7, "a", [], [1])] == [None, 7, "a", [], [1]]


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        ({}, ""),
        ({"when": {"event": "A"}}, ""),
        ({"eval": "1"}, ""),
        ({"drop": "properties"}, "drop"),
        ({"drop": [""]}, "drop"),
        ({"drop": ["a..b"]}, "drop"),
        ({"drop": [".".join("a" * 17)]}, "drop"),
        ({"drop": ["a"] * 51}, ""),
        ({"set": []}, "set"),
        ({"rename": {"a": 1}}, "rename"),
        ({"rename": {"a.*": "b.*"}}, "rename"),
        ({"rename": {"a.*.x": "b.*.x"}}, "rename"),
        ({"rename": {"a": "a.*.x"}}, "rename"),
        ({"convert": {"a": "int"}}, "convert.a"),
        ({"when": {"a.*": 1}, "drop": ["a"]}, "when"),
    ],
)
def test_refuses_a_repair_that_makes_no_sense(definition: dict[str, Any], where: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_repair(definition)

    assert refused.value.path == where


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
paths = st.lists(st.sampled_from(["a", "b", "c", "0"]), min_size=1, max_size=3).map(".".join)


@given(message=values, old=paths, new=paths)
def test_renaming_loses_no_value(message: Any, old: str, new: str) -> None:
    before = repr(message)
    after = mend(message, parse_repair({"rename": {old: new}}))

    assert sorted(leaves(after)) == sorted(leaves(message))
    assert repr(message) == before


@given(message=values, path=paths, value=st.integers())
def test_mending_twice_is_mending_once(message: Any, path: str, value: int) -> None:
    repair = parse_repair({"drop": ["c"], "convert": {"a": "text"}, "set": {path: value}})
    once = mend(message, repair)

    assert mend(once, repair) == once


def leaves(content: Any) -> list[str]:
    """All values that are no containers, as texts."""
    if isinstance(content, dict):
        return [leaf for inner in content.values() for leaf in leaves(inner)]
    if isinstance(content, list):
        return [leaf for inner in content for leaf in leaves(inner)]
    return [repr(content)]
