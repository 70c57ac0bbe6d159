"""Whatever is in a file: no traceback, and every line is an event or in the list of refused ones."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.errors import UserError
from cli.importing.csv_records import read_csv
from cli.importing.json_records import read_json_lines
from cli.importing.records import Record, Source, reading
from tests.cli.conftest import Regulars

HEADER = b"customer_id,date,cds,dollars\n"
GOOD = b"00001,1997-01-01,1,11.77\n"


def rehearse(regulars: Regulars, name: str, content: bytes, mapping: str = "purchases") -> Any:
    """Say what a file would become."""
    regulars.write(name, content)
    ended = regulars("import", name, "-m", mapping, "--dry-run", "--json")
    assert ended.code in (0, 3), ended.err
    return ended.data


def lines_of(result: Any) -> list[tuple[int, str]]:
    """List refused lines and the beginnings of the reasons."""
    return [(one["line"], one["reason"]) for one in result["refusals"]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + GOOD,
        (HEADER + GOOD).decode().encode("utf-16"),
        (HEADER + GOOD).replace(b"\n", b"\r\n"),
        (HEADER + GOOD).replace(b"\n", b"\r"),
        (HEADER + GOOD).replace(b",", b";"),
        (HEADER + GOOD).replace(b",", b"\t"),
        (HEADER + GOOD).replace(b",", b" , "),
        (HEADER + GOOD).rstrip(b"\n"),
        b"\n\n" + HEADER + b"\n" + GOOD + b"\n\n",
        b'"customer_id","date","cds","dollars"\n"00001","1997-01-01","1","11.77"\n',
        b"dollars,note,date,customer_id,cds\n11.77,x,1997-01-01,00001,1\n",
        gzip.compress(HEADER + GOOD, mtime=0),
    ],
    ids=["bom", "utf16", "crlf", "cr", "semicolons", "tabs", "spaces", "no end", "blank", "quoted", "order", "gzip"],
)
def test_reads_a_purchase_however_it_is_written(regulars: Regulars, content: bytes) -> None:
    result = rehearse(regulars, "x.csv", content)

    assert (result["read"], result["rejected"]) == (1, 0)
    assert result["first"][0]["userId"] == "cdnow-00001"
    assert result["first"][0]["properties"]["revenue"] == 11.77


def test_reads_latin_1_where_the_mapping_says_so(regulars: Regulars) -> None:
    mapping = "source: store\nkey: [a]\nencoding: latin-1\ncalls: [{type: track, event: X, userId: '{a}'}]\n"
    regulars.write("catalog/imports/latin.yaml", mapping)

    assert rehearse(regulars, "x.csv", b"a\ncaf\xe9\n", "latin")["first"][0]["userId"] == "café"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"caf\xe9,1997-01-01,1,5\n", "column customer_id: is not in the encoding of the file"),
        (b"a\0b,1997-01-01,1,5\n", "column customer_id: holds a NUL character"),
        (b"1,1997-01-01,1,5,6\n", "has 5 cells where the header has 4"),
        (b"1,1997-01-01\n", "has 2 cells where the header has 4"),
        (b"1" * 10_000_000 + b",1997-01-01,1,5\n", "column customer_id: holds 10,000,000 characters"),
        (b"1,1997-01-01,1,1e400\n", "column dollars: '1e400' is larger than a number may be"),
        (b"1,1997-01-01,1," + b"9" * 5_000 + b"\n", "column dollars: '9999"),
        (b"1,1997-13-01,1,5\n", "column date: '1997-13-01' is not a date"),
        (b"1,01.02.1997,1,5\n", "column date: '01.02.1997' is not a date"),
        (b",1997-01-01,1,5\n", "a call needs a userId or an anonymousId"),
        (b'1,"1997-01-01"x,1,5\n', "text stands after a closing quote"),
        (b'1,"1997-01-01,1,5\n', "a quote is opened and not closed"),
        (b",,,\n", "column date: is empty, and the mapping requires it"),
    ],
)
def test_refuses_one_row_and_reads_those_around_it(regulars: Regulars, row: bytes, reason: str) -> None:
    result = rehearse(regulars, "x.csv", HEADER + GOOD + row + GOOD + GOOD)

    ((line, said),) = lines_of(result)
    assert (line, said[: len(reason)]) == (3, reason)
    assert (result["read"], result["calls"]) == (4, 3)


def test_keeps_a_formula_as_the_text_that_it_is(regulars: Regulars) -> None:
    result = rehearse(regulars, "x.csv", HEADER + b"=1+1,1997-01-01,1,5\n")

    assert result["first"][0]["userId"] == "cdnow-=1+1"


def test_reads_a_cell_of_several_lines(regulars: Regulars) -> None:
    result = rehearse(regulars, "x.csv", HEADER + b'"a\nb",1997-01-01,1,5\n' + GOOD)

    assert result["first"][0]["userId"] == "cdnow-a\nb"
    assert [call["context"]["import"]["row"] for call in result["first"]] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("x.csv", b"", "is empty"),
        ("x.csv", b"\n\n\n", "is empty"),
        ("x.csv", b"customer_id,date\n1,2\n", "the header has no column dollars, cds"),
        ("x.csv", b"customer_id,date,cds,dollars,date\n", "the header names date twice"),
        ("x.csv", b"caf\xe9\n", "the header has no column"),
        ("x.csv", bytes(range(256)) * 10, "the header has no column"),
        ("x.csv", gzip.compress(HEADER + GOOD * 10_000, mtime=0)[:200], "the packed file ends early or is damaged"),
        ("x.csv", b"\x1f\x8bnonsense", "the packed file ends early or is damaged"),
        ("x.jsonl", b"", "is empty"),
        ("x.jsonl", b'[{"a": 1}]', "is one JSON array"),
        ("x.jsonl", "{}".encode("utf-16"), "is UTF-16"),
        ("x.parquet", b"", "is no Parquet that can be read"),
        ("x.parquet", b"PAR1nonsensePAR1", "is no Parquet that can be read"),
        ("x.parquet", gzip.compress(b"x", mtime=0), "is packed with gzip"),
    ],
)
def test_says_what_is_wrong_with_a_whole_file(regulars: Regulars, name: str, content: bytes, complaint: str) -> None:
    regulars.write(name, content)

    ended = regulars("import", name, "-m", "purchases", "--dry-run")

    assert (ended.code, complaint in ended.err) == (1, True), ended.err


def test_takes_a_header_alone_for_no_rows(applied: Regulars) -> None:
    applied.write("x.csv", HEADER)

    assert applied.json("import", "x.csv", "-m", "purchases")["read"] == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "is no JSON: "),
        (b"[1]", "is no object of columns"),
        (b'{"customer_id": NaN}', "is no JSON: NaN is no number"),
        (b'{"customer_id": "1", "date": "1997-01-01", "date": "1997-01-02"}', "names a column twice"),
        (b'{"customer_id": ' + b"1" * 9_000 + b', "date": "1997-01-01"}', "column customer_id: holds 9,000 characters"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is no JSON: "),
        (b'{"customer_id": "caf\xe9"}', "is not in the encoding of the file"),
        (b'{"customer_id": "\\ud800", "date": "1997-01-01"}', "column customer_id: is not in the encoding"),
        (b'{"customer_id": {"a": 1}, "date": "1997-01-01"}', "column customer_id: holds a dict"),
        (b"{}", "column date: is empty"),
    ],
)
def test_refuses_one_line_of_json(regulars: Regulars, line: bytes, reason: str) -> None:
    good = b'{"customer_id": 1, "date": "1997-01-01", "cds": 1, "dollars": 11.77}\n'

    result = rehearse(regulars, "x.jsonl", good + line + b"\n\n" + good)

    ((number, said),) = lines_of(result)
    assert (number, said[: len(reason)]) == (2, reason)
    assert result["calls"] == 2


def test_reads_dates_that_python_does_not_have_as_refused_rows(regulars: Regulars) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    instants = arrow.array([0, 2**62, 86_400_000_001], arrow.int64()).cast(arrow.timestamp("us"))
    columns = {"customer_id": ["1", "2", "3"], "date": instants, "cds": [1, 1, 1], "dollars": [1.5, 1.5, 1.5]}
    parquet.write_table(arrow.table(columns), regulars.folder / "x.parquet")

    result = regulars("import", "x.parquet", "-m", "purchases", "--dry-run", "--json").data

    assert [line for line, _ in lines_of(result)] == [2]
    assert result["first"][1]["timestamp"] == "1970-01-02T00:00:00.000001Z"


def read(tmp_path: Path, content: bytes, columns: list[str]) -> list[Record]:
    """Read the records of a CSV file."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    source = Source(path)
    try:
        return list(read_csv(source, columns, "utf-8"))
    finally:
        source.close()


_cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(_cells, _cells), max_size=10), ending=st.sampled_from(["\n", "\r\n", "\r"]))
def test_reads_back_what_was_written(tmp_path: Path, rows: list[tuple[str, str]], ending: str) -> None:
    path = tmp_path / "y.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=ending, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b"), *rows])

    records = read(tmp_path, path.read_bytes(), ["a", "b"])

    assert [tuple((record.row or {}).values()) for record in records] == rows


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(noise=st.binary(max_size=200) | st.text(alphabet='a,"\n\r;', max_size=60).map(str.encode))
def test_accounts_for_every_line_of_any_bytes(tmp_path: Path, noise: bytes) -> None:
    records = read(tmp_path, b"a,b\n" + noise, ["a", "b"])

    numbers = [record.number for record in records]
    assert numbers == sorted(set(numbers))
    assert all(record.row is None or len(record.row) == 2 for record in records)
    assert not noise.strip(b"\r\n\t ,;\x0b\x0c\x1c\x1d\x1e\x1f") or records


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(noise=st.binary(max_size=200))
def test_reads_any_bytes_as_json_lines(tmp_path: Path, noise: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(noise)
    source = Source(path)

    try:
        with reading(path):
            numbers = [record.number for record in read_json_lines(source, "utf-8")]
    except UserError:
        return
    finally:
        source.close()
    assert numbers == list(range(1, len(numbers) + 1))
