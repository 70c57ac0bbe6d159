"""Rows of a file become calls, each with a messageId of its own that stays the same."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.domain.mapping_definitions import parse_mapping
from regulars.domain.mappings import ImportMapping, Mapped, map_rows
from regulars.errors import DefinitionError

ROOT = Path(__file__).parents[2]


def a_definition(**fields: Any) -> dict[str, Any]:
    """Build a mapping that tracks one event of a customer."""
    call = {"type": "track", "event": "Order Completed", "userId": "shop-{customer}"}
    return {"source": "store", "key": ["customer"], "calls": [call | fields]}


def a_mapping(**fields: Any) -> ImportMapping:
    """Parse a mapping that tracks one event of a customer."""
    return parse_mapping("purchases", a_definition(**fields))


def mapped(mapping: ImportMapping, *rows: dict[str, object]) -> list[Mapped]:
    """Map rows of a file."""
    return list(map_rows(mapping, enumerate(rows, start=2), "purchases.csv"))


def read(cell: object, **how: Any) -> Any:
    """Read one cell as a property; the reason where it cannot be read."""
    mapping = a_mapping(properties={"x": {"column": "x", **how}})
    (row,) = mapped(mapping, {"customer": "1", "x": cell})
    return row.reason or row.calls[0].get("properties", {}).get("x")


def cdnow() -> Iterator[tuple[int, dict[str, object]]]:
    """Number the rows of the CDNOW file as lines."""
    with gzip.open(ROOT / "tests/data/cdnow_master.csv.gz", "rt", newline="") as file:
        yield from enumerate((dict(row) for row in csv.DictReader(file)), start=2)


def the_purchases() -> ImportMapping:
    """Read the mapping of the catalog."""
    return parse_mapping("purchases", yaml.safe_load((ROOT / "catalog/imports/purchases.yaml").read_text()))


def test_fills_a_call_from_a_row() -> None:
    mapping = a_mapping(
        timestamp={"column": "date", "type": "date", "at": "12:00"},
        properties={"revenue": {"column": "dollars", "type": "number"}, "currency": "USD", "order_id": "{$message_id}"},
    )

    (row,) = mapped(mapping, {"customer": "7", "date": "1997-01-12", "dollars": "11.77"})

    (call,) = row.calls
    assert call == {
        "type": "track",
        "messageId": call["messageId"],
        "event": "Order Completed",
        "userId": "shop-7",
        "timestamp": "1997-01-12T12:00:00Z",
        "properties": {"revenue": 11.77, "currency": "USD", "order_id": call["messageId"]},
        "context": {"import": {"mapping": "purchases", "file": "purchases.csv", "row": 2}},
    }


def test_makes_several_calls_of_one_row_with_ids_of_their_own() -> None:
    identify = {"type": "identify", "userId": "shop-{customer}", "traits": {"email": "{email}"}}
    definition = a_definition()
    definition["calls"].append(identify)

    (row,) = mapped(parse_mapping("x", definition), {"customer": "7", "email": "ann@shop.example"})

    assert [call["type"] for call in row.calls] == ["track", "identify"]
    assert len({call["messageId"] for call in row.calls}) == 2


def test_takes_equal_rows_for_events_of_their_own() -> None:
    rows = mapped(a_mapping(), {"customer": "7"}, {"customer": "7"}, {"customer": "8"})

    assert len({row.calls[0]["messageId"] for row in rows}) == 3


def test_takes_equal_keys_for_one_event_where_rows_do_not_repeat() -> None:
    mapping = parse_mapping("purchases", a_definition() | {"repeats": False})

    rows = mapped(mapping, {"customer": "7"}, {"customer": "7"})

    assert len({row.calls[0]["messageId"] for row in rows}) == 1


def test_keeps_ids_when_another_row_is_mended() -> None:
    mapping = a_mapping(properties={"x": {"column": "x", "type": "number"}})
    broken = mapped(mapping, {"customer": "7", "x": "?"}, {"customer": "7", "x": "2"})
    mended = mapped(mapping, {"customer": "7", "x": "1"}, {"customer": "7", "x": "2"})

    assert broken[0].reason
    assert broken[1].calls == mended[1].calls


def test_never_makes_an_identifier_of_an_empty_column() -> None:
    (row,) = mapped(a_mapping(), {"customer": " "})

    assert row.reason == "a call needs a userId or an anonymousId, and both are empty"


def test_leaves_an_empty_column_out() -> None:
    assert read("", type="number") is None


def test_refuses_a_row_without_a_required_column() -> None:
    assert read("", required=True) == "column x: is empty, and the mapping requires it"


def test_skips_a_row_without_a_column_that_decides() -> None:
    (row,) = mapped(a_mapping(properties={"x": {"column": "x", "skip": True}}), {"customer": "7"})

    assert (row.calls, row.reason) == ((), None)


def test_reads_nested_columns_of_json() -> None:
    (row,) = mapped(a_mapping(properties={"city": "{address.city}"}), {"customer": 7, "address": {"city": "Bern"}})

    assert row.calls[0]["properties"] == {"city": "Bern"}
    assert row.calls[0]["userId"] == "shop-7"


@pytest.mark.parametrize(
    ("cell", "how", "value"),
    [
        ("12.50", {"type": "number"}, 12.5),
        (" 5 ", {"type": "number"}, 5),
        ("1,234,567.5", {"type": "number"}, 1234567.5),
        ("1.234,5", {"type": "number", "decimal": ","}, 1234.5),
        ("12,5", {"type": "number", "decimal": ","}, 12.5),
        ("-1e3", {"type": "number"}, -1000),
        (0, {"type": "number"}, 0),
        (Decimal("1.10"), {"type": "number"}, 1.1),
        ("Yes", {"type": "boolean"}, True),
        (False, {"type": "boolean"}, False),
        ("0", {"type": "boolean"}, False),
        (" 007 ", {}, "007"),
        (True, {}, "true"),
        (1.5, {}, "1.5"),
        ("=1+1", {}, "=1+1"),
        ("1997-01-01", {"type": "date"}, "1997-01-01T00:00:00Z"),
        ("19970101", {"type": "date"}, "1997-01-01T00:00:00Z"),
        ("1997-01-01 10:00", {"type": "date"}, "1997-01-01T10:00:00Z"),
        ("1997-01-01T10:00:00+02:00", {"type": "date"}, "1997-01-01T08:00:00Z"),
        ("1997-01-01t10:00:00.123456z", {"type": "date"}, "1997-01-01T10:00:00.123456Z"),
        ("1997-01-01T10:00:00.120Z", {"type": "date"}, "1997-01-01T10:00:00.120Z"),
        ("31/12/1997", {"type": "date", "format": "%d/%m/%Y", "at": "12:00"}, "1997-12-31T12:00:00Z"),
        ("31/12/1997 23:59", {"type": "date", "format": "%d/%m/%Y %H:%M"}, "1997-12-31T23:59:00Z"),
        ("1997-07-01 10:00", {"type": "date", "zone": "Europe/Berlin"}, "1997-07-01T08:00:00Z"),
        (
            "852120000",
            {"type": "date"},
            "column x: '852120000' is not a date such as 2026-11-21 or 2026-11-21T12:00:00Z",
        ),
        ("1700000000", {"type": "date"}, "2023-11-14T22:13:20Z"),
        (1700000000123, {"type": "date"}, "2023-11-14T22:13:20.123Z"),
        (date(1997, 1, 1), {"type": "date", "at": "12:00"}, "1997-01-01T12:00:00Z"),
        (datetime(1997, 1, 1, 5), {"type": "date"}, "1997-01-01T05:00:00Z"),  # noqa: DTZ001 - as Parquet gives it
    ],
)
def test_reads_a_cell(cell: object, how: dict[str, Any], value: object) -> None:
    assert read(cell, **how) == value


@pytest.mark.parametrize(
    ("cell", "how", "reason"),
    [
        ("12 pounds", {"type": "number"}, "'12 pounds' is not a number"),
        ("1.234,5", {"type": "number"}, "'1.234,5' is not a number"),
        ("1.5", {"type": "number", "decimal": ","}, "'1.5' is not a number"),
        ("٣", {"type": "number"}, "'٣' is not a number"),
        (True, {"type": "number"}, "'true' is not a number"),
        ("nan", {"type": "number"}, "'nan' is not a number"),
        ("1e16", {"type": "number"}, "'1e16' is larger than a number may be (10 to the 15th)"),
        ("perhaps", {"type": "boolean"}, "'perhaps' is neither true nor false (yes, no, 1, 0)"),
        ("1997-02-30", {"type": "date"}, "'1997-02-30' is not a date such as 2026-11-21 or 2026-11-21T12:00:00Z"),
        ("01/02/1997", {"type": "date"}, "'01/02/1997' is not a date such as 2026-11-21 or 2026-11-21T12:00:00Z"),
        ("0001-01-01T00:00:00+09:00", {"type": "date"}, "'0001-01-01T00:00:00+09:00' is not a date such as"),
        ("x" * 10_000_000, {}, "holds 10,000,000 characters; the most is 8,192"),
        ("a\0b", {}, "holds a NUL character"),
        ("caf\udce9", {}, "is not in the encoding of the file: if all of it is Latin-1, the mapping says encoding:"),
        ([1], {}, "holds a list, not a plain value"),
        (b"1", {}, "holds a bytes, not a plain value"),
    ],
)
def test_says_why_it_cannot_read_a_cell(cell: object, how: dict[str, Any], reason: str) -> None:
    assert str(read(cell, **how)).startswith(f"column x: {reason}")


def test_reads_no_number_that_python_cannot_write() -> None:
    assert read(10**5000, type="number") == "column x: is larger than a number may be (10 to the 15th)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"calls": []}, "calls: is a list of 1 to 5 calls"),
        ({"key": []}, "key: is a list of the columns that tell one row from another"),
        ({"source": ""}, "source: is a text of 1 to 200 characters"),
        ({"encoding": "rot13"}, "encoding: is the name of one, such as utf-8, latin-1 or cp1252"),
        ({"script": "x"}, "does not know script; it takes calls, description, encoding, key, name, repeats, source"),
    ],
)
def test_refuses_a_mapping_that_does_not_hold_together(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_mapping("x", a_definition() | change)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": "alias"}, "calls[0].type: is one of track, identify, group, page, screen"),
        ({"type": "group"}, "calls[0]: needs groupId, as every group call"),
        ({"userId": "{customer"}, "calls[0].userId: puts columns in braces, such as"),
        ({"userId": "{$now}"}, "calls[0].userId: does not know $now; it takes columns and $message_id"),
        ({"userId": 5}, "calls[0].userId: is text"),
        ({"timestamp": {"column": "d"}}, "calls[0].timestamp: is a column of type date, such as"),
        ({"properties": {"x": None}}, "calls[0].properties.x: is a text, a number, or an object with one of column,"),
        (
            {"properties": {"x": {"column": "x", "type": "date", "format": "%d %B"}}},
            "calls[0].properties.x.format: has",
        ),
        ({"properties": {"x": {"column": "x", "required": True, "skip": True}}}, "calls[0].properties.x: either"),
        ({"context": {"import": {"file": "x"}}}, "calls[0].context.import: is no name that a field may have"),
    ],
)
def test_refuses_a_call_that_does_not_hold_together(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        a_mapping(**fields)

    assert str(raised.value).startswith(message)


def test_names_the_columns_that_a_file_must_have() -> None:
    assert the_purchases().columns == ["customer_id", "date", "dollars", "cds"]


def test_takes_every_purchase_of_the_whole_history_for_one_event() -> None:
    calls = [call for row in map_rows(the_purchases(), cdnow(), "cdnow.csv") for call in row.calls]

    assert len(calls) == 69_659
    assert len({call["messageId"] for call in calls}) == 69_659
    assert round(sum(call["properties"]["revenue"] for call in calls) * 100) == 250_031_563
    assert calls[0]["messageId"] == "import-33401761d2a54e7be973e623db3ceac9"


_cells = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.text(alphabet="0123456789-+:.,TZe /")
    | st.binary()
    | st.dates()
    | st.datetimes()
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.integers())
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    row=st.dictionaries(st.sampled_from(["customer", "a", "b", "c", "d", "e"]), _cells),
    decimal=st.sampled_from([".", ","]),
)
def test_no_row_can_break_the_mapping(row: dict[str, object], decimal: str) -> None:
    mapping = a_mapping(
        timestamp={"column": "d", "type": "date"},
        properties={
            "a": {"column": "a", "type": "number", "decimal": decimal},
            "b": {"column": "b", "type": "boolean", "skip": True},
            "c": "{c}/{a}",
            "e": {"column": "e", "type": "date", "format": "%d/%m/%Y", "zone": "Asia/Tokyo"},
        },
    )

    (result,) = mapped(mapping, row)

    assert not (result.calls and result.reason)
