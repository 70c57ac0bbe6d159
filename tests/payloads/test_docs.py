"""`docs/payloads.md` says what the tests try, and leaves no payload out."""

import re
from pathlib import Path

from tests.payloads.parade import PARADE
from tests.payloads.segments import SAVED

PAGE = Path(__file__).parents[2] / "docs" / "payloads.md"
NOT_YET = {90, 91}  # webhooks, and imports of anything but tables
_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_the_page_has_the_verdicts_of_the_tests() -> None:
    rows = [(int(number), name, verdict) for number, name, verdict, _ in _ROW.findall(PAGE.read_text())]
    tried = {(one.number, one.name, one.verdict) for one in PARADE} | {one[:3] for one in SAVED}

    assert [number for number, *_ in rows] == sorted(number for number, *_ in rows)
    assert {row for row in rows if row[2] != "not yet"} == tried
    assert {number for number, _, verdict in rows if verdict == "not yet"} == NOT_YET


def test_no_number_is_left_out() -> None:
    assert {int(number) for number, *_ in _ROW.findall(PAGE.read_text())} == set(range(1, 93))
