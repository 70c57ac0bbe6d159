"""Payloads 1 to 30: what breaks the document, and what breaks one event in it."""

import gzip
import json

from tests.messages import a_batch, a_track_call
from tests.payloads.payload import PUBLIC, Sent, a_value, payload, properties, raw, written

MALFORMED = "400 `unparseable`"
NUMBER = "quarantine `invalid_number`"
TOO_LARGE = "413 `too_large`"
BATCH = json.dumps(a_batch(a_track_call())).encode()
ZIPPED = gzip.compress(BATCH)


def many(number: int, message: str = "{}") -> Sent:
    """A batch of so many messages."""
    return raw(b'{"batch":[' + ",".join([message] * number).encode() + b"]}")


def nested(levels: int) -> tuple[Sent, ...]:
    """An event that nests so deep, the event itself being level 1 and its properties level 2."""
    return a_value("[" * (levels - 2) + "]" * (levels - 2)), a_value('{"a":' * (levels - 2) + "1" + "}" * (levels - 2))


SYNTAX = (
    payload(1, "empty body", MALFORMED, raw(b""), raw(b" \n"), raw(b"", "/v1/track")),
    payload(2, "`null`", MALFORMED, raw(b"null")),
    payload(3, "`1`", MALFORMED, raw(b"1"), raw(b'"x"'), raw(b"true")),
    payload(4, "`[]`", MALFORMED, raw(b"[]"), raw(b"[{}]")),
    payload(5, "`{}{}`", MALFORMED, raw(b"{}{}"), raw(BATCH + BATCH)),
    payload(6, "a comma too many", MALFORMED, raw(b'{"batch":[],}'), raw(b'{"batch":[1,]}')),
    payload(7, "byte order mark of UTF-8", "accept", raw(b"\xef\xbb\xbf" + BATCH)),
    payload(
        8,
        "UTF-16, UTF-32",
        MALFORMED,
        *(raw(BATCH.decode().encode(code)) for code in ("utf-16", "utf-16-le", "utf-32")),
    ),
    payload(
        9, r"invalid UTF-8, such as `\xff`", MALFORMED, raw(BATCH.replace(b"Viewed", b"Vi\xff")), raw(b"\xed\xa0\x80")
    ),
    payload(
        10, r"half a character, `\ud800`", "quarantine `invalid_text`", a_value(r'"\ud800"'), a_value(r'{"\udc00":1}')
    ),
    payload(11, "raw control character", MALFORMED, a_value('"\x01"'), a_value('"\n"')),
    payload(
        12, "`NaN`, `Infinity`, `-Infinity`", NUMBER, a_value("NaN"), a_value("[Infinity]"), a_value('{"a":-Infinity}')
    ),
    payload(13, "`1e999`", NUMBER, a_value("1e999"), a_value("-1e999")),
    payload(14, "`1e-400`, `-0`", "accept", a_value("1e-400"), a_value("-0"), a_value("-0.0")),
    payload(15, "whole number of 39 digits", NUMBER, a_value("1" * 39), a_value("-" + "9" * 39)),
    payload(16, "whole number of 4,301 digits", NUMBER, a_value("1" * 4_301), a_value("-" + "1" * 300_000)),
    payload(17, "1 MB of decimals", TOO_LARGE, a_value("0." + "1" * 1_000_000)),
    payload(17, "900 KB of decimals", "accept", a_value("0." + "1" * 900_000)),
    payload(18, "`1e5000`", NUMBER, a_value("1e5000"), a_value("1e9999999")),
    payload(18, '`"1e5000"` as revenue', "accept", *properties({"revenue": "1e5000"}, {"revenue": "1e9999999"})),
    payload(
        19,
        "a name twice in an event",
        "quarantine `ambiguous_field`",
        written('{"type":"track","event":"A","userId":"a","userId":"b"}'),
        a_value('{"a":1,"a":1}'),
    ),
    payload(
        19,
        "a name twice around the events",
        MALFORMED,
        raw(b'{"batch":[],"batch":[{}]}'),
        raw(b'{"batch":[],"context":{"a":1,"a":2}}'),
    ),
    payload(20, "11 levels", "accept", *nested(11), *nested(16)),
    payload(20, "17 and 33 levels", "quarantine `too_deep`", *nested(17), *nested(33)),
    payload(20, "1,000 levels", "quarantine `too_deep` or 400 `unparseable`", *nested(1_000)),
    payload(20, "200,000 levels", MALFORMED, raw(b'{"batch":[' + b"[" * 200_000), raw(b'{"a":' * 150_000)),
    payload(21, "10,001 properties", "quarantine `too_many_fields`", *properties({f"p{n}": 1 for n in range(10_001)})),
    payload(21, "4,000 properties", "accept", *properties({f"p{n}": 1 for n in range(4_000)})),
    payload(22, "event of 32,769 bytes", "accept", *properties({"label": "x" * 32_769})),
    payload(23, "batch of 500,001 bytes", "accept", raw(BATCH[:-1] + b" " * (500_001 - len(BATCH)) + b"}")),
    payload(23, "body over 1 MB", TOO_LARGE, raw(BATCH + b" " * 1_000_000)),
    payload(24, "batch of no event", "accept", raw(b'{"batch":[]}')),
    payload(
        24,
        "batch of 1 and of 501 events",
        "accept",
        many(1, json.dumps(a_track_call())),
        many(501, json.dumps(a_track_call())),
    ),
    payload(24, "batch of 100,000 events", TOO_LARGE, many(100_000), many(2_501)),
    payload(24, "no list `batch`", "400 `invalid_request`", raw(b"{}"), raw(b'{"batch":{}}'), raw(b'{"batch":null}')),
    payload(25, "gzip bomb", TOO_LARGE, raw(gzip.compress(b" " * 100_000_000), content_encoding="gzip")),
    payload(
        26,
        "another Content-Encoding than it says",
        MALFORMED,
        *(raw(BATCH, content_encoding=code) for code in ("gzip", "br", "deflate", "zstd", "x")),
    ),
    payload(26, "gzip that no Content-Encoding tells", MALFORMED, raw(ZIPPED)),
    payload(
        27,
        "gzip twice",
        MALFORMED,
        raw(gzip.compress(ZIPPED), content_encoding="gzip"),
        raw(gzip.compress(ZIPPED), content_encoding="gzip, gzip"),
    ),
    payload(
        28,
        "JSON under any Content-Type",
        "accept",
        *(
            raw(BATCH, content_type=type)
            for type in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/xml",
                "",
            )
        ),
        raw(ZIPPED, content_type="application/x-www-form-urlencoded", content_encoding="gzip"),
    ),
    payload(
        28,
        "a form, multipart, XML, plain text",
        MALFORMED,
        raw(b"data=%7B%7D"),
        raw(b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--"),
        raw(b"<a/>"),
        raw(b"hello"),
    ),
    payload(
        29,
        "body shorter than it was said to be",
        MALFORMED,
        raw(BATCH[:-3], content_length=str(len(BATCH))),
        raw(ZIPPED[:-9], content_encoding="gzip"),
    ),
    payload(
        30,
        "`isBase64Encoded` lies",
        MALFORMED,
        raw(BATCH, gateway={"body": BATCH.decode(), "isBase64Encoded": True}),
        Sent(body=b"", headers=PUBLIC, gateway={"body": "eyJiYXRjaCI6W119", "isBase64Encoded": False}),
    ),
    payload(30, "no body at all", MALFORMED, raw(b"", gateway={"body": None, "isBase64Encoded": False})),
)
