"""A pattern finds in SQL what it finds in the stream, or is refused."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.analytics.patterns import translate
from regulars.domain import patterns
from regulars.errors import DefinitionError

LETTERS = [
    "a",
    "B",
    "é",
    "É",
    "ß",
    "ẞ",
    "ſ",
    "s",
    "K",
    "\u212a",
    "i",
    "İ",
    "ı",
    "σ",
    "ς",
    "_",
    "1",
    "٣",
    " ",
    "\u00a0",
    "\n",
]
LETTERS += ["\r", "\u2028", "\ufeff", "\x85", "-", ".", "\x0b", "😀", "^", "]", "\\"]
PIECES = [
    *("a", "B", "é", "É", "ß", "ſ", "k", "i", "σ", ".", "_", "1", " ", "😀", "\\.", "\\\\", "\\-", "\\_", "\\/"),
    *("\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b", "\\B", "^", "$", "\\A", "\\z", "\\n", "\\t", "\\x41", "\\u00e9"),
    *(
        "[a-é]",
        "[^a]",
        "[\\w]",
        "[\\s\\d]",
        "[^\\s]",
        "[\\W]",
        "[a-]",
        "[]a]",
        "[^]a]",
        "[a&&b]",
        "[[:alpha:]]",
        "\\pL",
    ),
    *("(a)", "(?:a|é)", "(?i)", "(?i:K)", "(?s).", "(?m)$", "(?-i:k)", "(?P<n>a)", "(?<n>a)", "(|a)", "(?x)a", "(?U)a"),
    *("*", "+", "?", "{2}", "{0,3}", "{1,}", "|", "??", "*?", "\\c", "\\h", "{", "}", "]"),
]


def found_by_sql(pattern: str, text: str) -> bool:
    ((found,),) = DATABASE.execute("SELECT regexp_matches(?, ?)", [text, translate(pattern)]).fetchall()
    return bool(found)


DATABASE = duckdb.connect()


@settings(max_examples=1_500, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    st.lists(st.sampled_from(LETTERS), max_size=5).map("".join),
)
def test_what_both_take_finds_the_same(pattern: str, text: str) -> None:
    try:
        patterns.check_pattern(pattern, "matches")
        translate(pattern)
    except DefinitionError:
        return

    assert found_by_sql(pattern, text) == patterns.matches(pattern, text)


@pytest.mark.parametrize("pattern", ["[a&&b]", "[[:alpha:]]", r"\pL", r"\B", "(?x)a", "a**", r"[\W]", "a{1001}"])
def test_refuses_what_the_two_read_in_two_ways(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="say it otherwise"):
        translate(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"^\w+\s\d{2}$", "gold\u00a012"), (r"\bgold\b", "ägold"), ("(?i)straße", "STRAßE"), (r"^[\s\d]+$", "1\ufeff2")],
)
def test_takes_what_people_write(pattern: str, text: str) -> None:
    assert found_by_sql(pattern, text)
    assert patterns.matches(pattern, text)
