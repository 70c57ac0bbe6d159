"""A body is read strictly: what two readers could read differently is refused, or told of one event."""

import gzip
import itertools
import json
from collections.abc import Callable

import pytest

from regulars.domain.payloads import (
    MAX_BODY,
    MAX_EVENT,
    MAX_INFLATED,
    MAX_VALUES,
    LongNumber,
    check,
    cut,
    inflate,
    measure,
    read_object,
    write,
)
from regulars.errors import InvalidEventError, TooLargeError, UnparseableError

NO_JSON_OBJECT = {
    "empty": b"",
    "null": b"null",
    "a number": b"1",
    "a list": b"[]",
    "two objects": b"{}{}",
    "something after the end": b"{} x",
    "a comma too many": b'{"a":1,}',
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "a byte order mark and nothing": b"\xef\xbb\xbf",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a":1}'.encode("utf-16-le"),
    "UTF-32": '{"a":1}'.encode("utf-32-be"),
    "invalid UTF-8": b'{"a":"\xff"}',
    "an encoded half character": b'{"a":"\xed\xa0\x80"}',
    "a raw control character": b'{"a":"\x01"}',
    "a form": b"data=%7B%7D",
    "a number of 5,000 digits, cut short": b'{"a":' + b"1" * 5_000,
    "nesting without end": b'{"a":' + b"[" * 200_000,
    "nesting": b'{"a":' * 200_000,
}
FLAWS = {
    "NaN": ('{"a":NaN}', "invalid_number"),
    "Infinity": ('{"a":[Infinity]}', "invalid_number"),
    "-Infinity": ('{"a":-Infinity}', "invalid_number"),
    "beyond a float": ('{"a":1e999}', "invalid_number"),
    "39 digits": ('{"a":' + "1" * 39 + "}", "invalid_number"),
    "39 digits, negative": ('{"a":-' + "1" * 39 + "}", "invalid_number"),
    "as many digits as Python reads": ('{"a":' + "1" * 4_300 + "}", "invalid_number"),
    "a digit more than Python reads": ('{"a":[-' + "1" * 4_301 + "]}", "invalid_number"),
    "a million digits": ('{"a":' + "1" * 1_000_000 + "}", "invalid_number"),
    "half a character": (r'{"a":"\ud800"}', "invalid_text"),
    "half a character in a name": (r'{"\udc00":1}', "invalid_text"),
    "a name twice": ('{"a":1,"a":2}', "ambiguous_field"),
    "a name twice, the same": ('{"p":{"a":1,"a":1}}', "ambiguous_field"),
    "too deep a list": ('{"a":' + "[" * 40 + "]" * 40 + "}", "too_deep"),
    "too deep an object": ('{"a":' * 40 + "1" + "}" * 40, "too_deep"),
    "too many values": ('{"a":[' + "1," * MAX_VALUES + "1]}", "too_many_fields"),
    "too much text": ('{"a":"' + "a" * MAX_EVENT + '"}', "event_too_large"),
    "too much text in a name": ('{"' + "a" * MAX_EVENT + '":1}', "event_too_large"),
    "too much of one letter": ('{"a":["' + '","'.join(["é" * 1_000] * 262) + '"]}', "event_too_large"),
    "too much where it is escaped": ('{"a":"' + r"\u0000" * (MAX_EVENT // 6) + '"}', "event_too_large"),
    "too many names": ("{" + ",".join(f'"{n}":1' for n in range(MAX_VALUES)) + "}", "too_many_fields"),
}
SOUND = {
    "an empty object": "{}",
    "the smallest numbers": '{"a":1e-400,"b":-0,"c":-0.0}',
    "38 digits": '{"a":' + "9" * 38 + "}",
    "an emoji of several characters": '{"👩‍👩‍👧":"👩‍👩‍👧"}',
    "a whole character in two escapes": r'{"a":"\ud83d\ude00"}',
    "a zero character": r'{"a":"\u0000"}',
    "names that mean something elsewhere": '{"__proto__":{"constructor":1},"$set":{},"a.b":1,"":2}',
    "a decimal of a million digits": '{"a":0.' + "1" * 900_000 + "}",
}


@pytest.mark.parametrize("body", NO_JSON_OBJECT.values(), ids=NO_JSON_OBJECT)
def test_refuses_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(UnparseableError):
        read_object(body)


@pytest.mark.parametrize(("text", "code"), FLAWS.values(), ids=FLAWS)
def test_tells_the_flaw_of_an_event(text: str, code: str) -> None:
    event = read_object(text.encode())

    with pytest.raises(InvalidEventError) as error:
        check(event)
    assert error.value.code == code


def test_the_order_of_fields_does_not_choose_between_two_flaws() -> None:
    flaws = {"a": float("nan"), "b": "\ud800", "c": [[]] * 6_000, "d": json.loads("[" * 40 + "]" * 40), "e": 1}
    found = set()
    for names in itertools.permutations(flaws):
        with pytest.raises(InvalidEventError) as error:
            check({name: flaws[name] for name in names})
        found.add(error.value.code)

    assert found == {"invalid_number"}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_takes_what_every_reader_reads_alike(text: str) -> None:
    event = read_object(text.encode())
    check(event)

    assert event == json.loads(text)


@pytest.mark.parametrize("letter", ["a", "é", "漢", "😀", '"', "\x00"])
def test_an_event_has_as_many_bytes_as_its_json_and_no_more(letter: str) -> None:
    size = len(json.dumps(letter, ensure_ascii=False).encode()) - 2
    room = MAX_EVENT - len('{"a":""}')
    full = letter * (room // size) + "x" * (room % size)

    check({"a": full})
    assert measure({"a": full}) == MAX_EVENT
    with pytest.raises(InvalidEventError) as error:
        check({"a": full + "x"})
    assert error.value.code == "event_too_large"


def test_an_event_has_less_room_where_its_batch_says_much() -> None:
    check({"a": "b"}, 9)

    with pytest.raises(InvalidEventError):
        check({"a": "b"}, 8)


def test_takes_a_byte_order_mark() -> None:
    assert read_object(b'\xef\xbb\xbf{"a":"\xef\xbb\xbf"}') == {"a": "\ufeff"}


def test_keeps_every_value_of_a_name_that_came_twice() -> None:
    assert read_object(b'{"a":1,"b":2,"a":3}') == {"a": [1, 3], "b": 2}


def test_keeps_a_number_that_python_does_not_read() -> None:
    digits = "1" * 4_301
    content = read_object(f'{{"a":-{digits},"b":[17,1.5],"c":"{digits}"}}'.encode())

    assert content == {"a": f"-{digits}", "b": [17, 1.5], "c": digits}
    assert (type(content["a"]), type(content["c"])) == (LongNumber, str)


@pytest.mark.parametrize("levels", [100, 101, 900])
def test_keeps_a_hundred_levels(levels: int) -> None:
    deep = json.loads("[" * levels + "7" + "]" * levels)
    shown = json.dumps(cut({"a": 1, "b": deep[0]}))

    assert shown.count("[") == min(levels - 1, 99)
    assert ("7" in shown) == (levels == 100)


def test_writes_the_same_whatever_the_order() -> None:
    assert write({"a": 1, "b": {"c": 2, "d": 3}}) == write({"b": {"d": 3, "c": 2}, "a": 1})


def test_writes_what_cannot_be_stored() -> None:
    assert write(read_object(rb'{"a":"\ud800","b":NaN}')) == rb'{"a":"\ud800","b":NaN}'


@pytest.mark.parametrize("encoding", ["", "identity", "Identity "])
def test_takes_a_plain_body(encoding: str) -> None:
    assert inflate(b"{}", encoding) == b"{}"


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_inflates_gzip(encoding: str) -> None:
    assert inflate(gzip.compress(b"{}"), encoding) == b"{}"


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "none"])
def test_refuses_an_encoding_that_it_does_not_know(encoding: str) -> None:
    with pytest.raises(UnparseableError):
        inflate(gzip.compress(b"{}"), encoding)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _zipped: b"{}",
        lambda zipped: zipped[:-1],
        lambda zipped: zipped + b"x",
        lambda zipped: zipped + zipped,
        lambda zipped: zipped[:-8] + b"\0" * 8,
    ],
    ids=["plain", "cut short", "longer", "twice", "a wrong checksum"],
)
def test_refuses_gzip_that_is_none(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnparseableError):
        inflate(spoil(gzip.compress(b"{}")), "gzip")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b" " * (MAX_BODY + 1), ""), (gzip.compress(b" " * (MAX_INFLATED + 1)), "gzip")],
    ids=["plain", "a gzip bomb"],
)
def test_refuses_more_than_the_limits(body: bytes, encoding: str) -> None:
    with pytest.raises(TooLargeError):
        inflate(body, encoding)


def test_takes_as_much_as_the_limits() -> None:
    assert len(inflate(b" " * MAX_BODY, "")) == MAX_BODY
    assert len(inflate(gzip.compress(b" " * MAX_INFLATED), "gzip")) == MAX_INFLATED
