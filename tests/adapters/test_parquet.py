"""Rows in Parquet come back as they went in, and merging keeps each once."""

from datetime import UTC
from io import BytesIO
from typing import Any

import pyarrow as arrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from regulars.adapters.parquet import Parquet
from regulars.domain.instants import from_micros, to_micros
from regulars.domain.lake import EVENTS, IDENTITY, VERSION, Row
from regulars.domain.lake_rows import event_row, identity_row
from regulars.domain.profiles import Profile
from tests.builders import START, an_event
from tests.lake import ask

KEY = "events/day=2026-01-01/1.parquet"
texts = st.text(st.characters(codec="utf-8"), max_size=12)
instants = st.datetimes(timezones=st.just(UTC)).map(to_micros)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "owner": texts,
            "moment": texts,
            "happened": instants,
            "arrival": instants,
            "type": texts,
            "name": st.none() | texts,
            "source": texts,
            "message_id": texts,
            "links": st.lists(texts, max_size=3).map(tuple),
            "properties": st.none() | texts,
            "traits": st.none() | texts,
            "context": st.none() | texts,
            "sealed_traits": st.dictionaries(texts, st.binary(max_size=9), max_size=3),
            "sealed": st.none() | st.binary(max_size=9),
            "fingerprint": st.binary(max_size=9),
            "proven": st.integers(0, 1),
            "kept_until": st.none() | instants,
        }
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def format() -> Parquet:
    return Parquet()


def some_rows(*numbers: int, **changes: Any) -> list[Row]:
    return [event_row(an_event(number, **changes)) for number in numbers]


def merged(format: Parquet, *files: bytes) -> tuple[bytes, int, int]:
    with format.bench(EVENTS) as bench:
        for file in files:
            bench.add(file)
        made = bench.merge()
    return made.content, made.rows, made.copies


def moments(content: bytes) -> list[str]:
    return [text for (text,) in ask({KEY: content}, "SELECT moment FROM events_files")]


@settings(max_examples=40)
@given(rows)
def test_every_value_comes_back(given: list[Row]) -> None:
    found = ask({KEY: Parquet().write(EVENTS, given)}, f"SELECT {', '.join(EVENTS.names)} FROM events_files")

    times = {"happened", "arrival", "kept_until"}
    assert [dict(zip(EVENTS.names, row, strict=True)) for row in found] == [
        {
            name: list(value)
            if name == "links"
            else from_micros(value).replace(tzinfo=None)
            if name in times and value is not None
            else value
            for name, value in row.items()
        }
        for row in given
    ]


def test_the_same_rows_make_the_same_bytes(format: Parquet) -> None:
    assert format.write(EVENTS, some_rows(1, 2)) == Parquet().write(EVENTS, some_rows(1, 2))


def test_every_tool_reads_the_same_columns_and_the_version(format: Parquet) -> None:
    file = parquet.ParquetFile(BytesIO(format.write(EVENTS, some_rows(1, 2))))

    types = {field.name: field.type for field in file.schema_arrow}
    assert types["happened"] == arrow.timestamp("us")
    assert types["links"].value_type == types["owner"] == arrow.string()
    assert (types["sealed_traits"].key_type, types["sealed_traits"].item_type) == (arrow.string(), arrow.binary())
    assert (file.metadata.metadata[b"lake_table"], file.metadata.metadata[b"lake_version"]) == (
        b"events",
        str(VERSION).encode(),
    )
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_merging_keeps_each_row_once_in_order(format: Parquet) -> None:
    one, other = format.write(EVENTS, some_rows(3, 1)), format.write(EVENTS, some_rows(2, 3))
    content, number, copies = merged(format, one, other)

    assert (number, copies) == (3, 1)
    assert moments(content) == [event_row(an_event(number))["moment"] for number in (1, 2, 3)]


def test_merging_is_the_same_in_any_order(format: Parquet) -> None:
    files = [format.write(EVENTS, some_rows(number, number + 1)) for number in range(3)]

    assert merged(format, *files) == merged(format, *reversed(files))


def test_of_two_copies_the_one_that_knows_more_is_kept(format: Parquet) -> None:
    row = identity_row(None, Profile(profile_id="p", version=7, owners=("a",), changed=START))
    files = [format.write(IDENTITY, [row]), format.write(IDENTITY, [{**row, "joined": ["a"], "parted": []}])]
    with format.bench(IDENTITY) as bench:
        for file in files:
            bench.add(file)
        content = bench.merge().content

    both = {"identity/day=2026-01-01/1.parquet": files[0], "identity/day=2026-01-01/2.parquet": files[1]}
    assert ask({"identity/day=2026-01-01/3.parquet": content}, "SELECT joined FROM identity_files") == [(["a"],)]
    assert ask(both, "SELECT joined FROM identity") == [(["a"],)]


def test_a_file_of_newer_code_is_not_merged_by_older(format: Parquet) -> None:
    table = parquet.read_table(BytesIO(format.write(EVENTS, some_rows(1))))
    newer = BytesIO()
    parquet.write_table(table.append_column("mood", arrow.array(["good"])), newer)

    with pytest.raises(ValueError, match="mood"):
        merged(format, newer.getvalue())


def test_a_column_that_an_old_file_lacks_is_null(format: Parquet) -> None:
    older = BytesIO()
    parquet.write_table(parquet.read_table(BytesIO(format.write(EVENTS, some_rows(1)))).drop(["fingerprint"]), older)
    content, number, _ = merged(format, older.getvalue())

    assert number == 1
    assert ask({KEY: content}, "SELECT fingerprint, owner FROM events") == [(None, "anonymous_id:a")]
    assert ask({KEY: older.getvalue()}, "SELECT fingerprint, owner FROM events") == [(None, "anonymous_id:a")]


def test_no_file_is_no_row() -> None:
    assert ask({}, "SELECT * FROM events") == ask({}, "SELECT * FROM identity") == ask({}, "SELECT * FROM people") == []


def test_days_are_read_from_the_folders() -> None:
    content = Parquet().write(EVENTS, some_rows(1))
    both = {KEY: content, KEY.replace("01-01", "01-02"): content}

    assert ask(both, "SELECT day, moment FROM events WHERE day > '2026-01-01'") == [("2026-01-02", moments(content)[0])]


def test_a_process_keeps_nothing_of_what_it_wrote() -> None:
    format = Parquet()

    format.write(EVENTS, [event_row(an_event(1))])

    assert list(format._folder.iterdir()) == []
