"""A value that names nobody links nobody, however it is dressed up, and stays on its event."""

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regulars.domain.blocked_values import ILLEGAL_VALUES, Blocked, is_blocked
from regulars.domain.calls import Delivery, read
from regulars.domain.identifiers import Identifier, normalise, owner_key
from regulars.domain.identity_definitions import check_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.patterns import check_pattern, matches
from regulars.domain.sources import Source
from regulars.errors import DefinitionError
from tests.builders import START
from tests.messages import a_track_call

DELIVERY = Delivery(
    source=Source(id="web", name="Web"), received=START + SECOND, rules=DEFAULT_RULES, hash_key=bytes(32)
)
NOBODY = [
    "null", "undefined", "uNdEfInEd", "'guest'", '"guest"', '\\"guest\\"', "`guest`", "anonymous", "not_authenticated",
    "[object Object]", "[object Undefined]", "NaN", "None", "none", "nil", "(null)", "<null>", "{null}", "[null]",
    "((null))", "“null”", "„null“", "«null»", "‹null›", "‘null’", "「null」", "『null』", "（null）", "【null】",
    "＂null＂", "＇null＇", "´null´", "ｎｕｌｌ", "ＮＵＬＬ", "( 'null' )", "⁽null⁾", "《null》",
    "［null］", "〝null〞",
    "0", "-1", "00000000-0000-0000-0000-000000000000", "000", "-", "０", "－１", "true", "FALSE", "id", "email",
    "distinct_id", "distinctid", " ", "\u00a0", "\u3000", "()", "''", "“”", '""', "\\",
    "a\x00b", "a\nb", "a\x7fb", "a\x9fb",
]  # fmt: skip
UNSEEN = [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0xFE00, 0xFE10)]
UNSEEN += [0xFEFF, 0x00AD, 0x034F, 0x061C, 0x115F, 0x180E, 0x2066, 0x2069, 0x3164, 0xE0001, 0xE0041, 0xE0100]
SOMEBODY = [
    "nullify", "anonymous7", "customer-1", "1", "10", "-7", "0x0", "a-0", "guest@example.com", "true story", "idea",
    "(555) 1234", "[a]", "“Ann”", "日本", "👩\u200d👩\u200d👧", "Jürgen", "(null) b", "nil nil", "e-mail", "a\u00a0b",
]  # fmt: skip


@pytest.mark.parametrize("value", NOBODY, ids=ascii)
def test_names_nobody(value: str) -> None:
    assert is_blocked(value)
    assert is_blocked(f" {value}\u200b")


@pytest.mark.parametrize("mark", UNSEEN, ids=hex)
def test_what_is_not_seen_makes_nobody_somebody(mark: int) -> None:
    for value in ("null", "0", "(null)", ""):
        for at in range(len(value) + 1):
            assert is_blocked(value[:at] + chr(mark) + value[at:])


@pytest.mark.parametrize("value", SOMEBODY, ids=ascii)
def test_names_somebody(value: str) -> None:
    assert not is_blocked(value)


@pytest.mark.parametrize("value", [*NOBODY, "\u200b", "\u2060null"], ids=ascii)
def test_stays_on_the_event_and_is_no_link(value: str) -> None:
    call = read(a_track_call(userId=value, anonymousId="visitor-1"), DELIVERY)

    assert [link.split(":")[0] for link in call.event.links] == ["anonymous_id"]
    assert call.personal["said"] == {"userId": value}


@pytest.mark.parametrize("value", [None, "", True, False, 0, -1, 0.0, 1.5])
def test_no_text_names_nobody_either(value: Any) -> None:
    call = read({**a_track_call(), "userId": value}, DELIVERY)

    assert [link.split(":")[0] for link in call.event.links] == ["anonymous_id"]
    assert call.personal.get("said", {}) == ({} if value in (None, "") and value is not False else {"userId": value})


def test_blocks_what_a_workspace_blocks_too() -> None:
    blocked = Blocked(frozenset({"test", "(demo)"}))

    assert all(is_blocked(value, blocked) for value in ("test", "TEST", "“Test”", "(demo)", "te\u200bst"))
    assert not is_blocked("demo", blocked)


def test_blocks_what_a_pattern_finds_as_it_came_or_laid_bare() -> None:
    blocked = Blocked(patterns=("^test-", "(?i)@demo[.]"))

    assert all(is_blocked(value, blocked) for value in ("test-1", "“test-1”", "ann@demo.example", "ann@DEMO.example"))
    assert not any(is_blocked(value, blocked) for value in ("my-test-1", "TEST-1", "ann@demo", "\ud800"))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("(a+)+$", "a" * 100_000 + "!"), ("(.*a){25}", "a" * 24 + "b" * 100_000), ("(x+x+)+y", "x" * 100_000)],
)
def test_no_pattern_is_slow_on_any_text(pattern: str, text: str) -> None:
    """Python's own engine would still run tomorrow; this one is done before the test times out."""
    check_pattern(pattern, "blocked")

    assert not matches(pattern, text)


@pytest.mark.parametrize("pattern", ["(a", "a{1,100000}", "(a{100}){100}", r"\pL{900}", "(?=a)b", r"(a)\1", "(?<!a)b"])
def test_refuses_a_pattern_that_cannot_be_run_or_is_large(pattern: str) -> None:
    with pytest.raises(DefinitionError) as error:
        check_rules({"identifiers": [{"kind": "user_id", "limit": 1, "blocked": ["x", {"matches": pattern}]}]})
    assert error.value.path == "identifiers[0].blocked"
    assert pattern in error.value.message


def test_a_process_without_patterns_loads_no_engine() -> None:
    code = (
        "import sys; from regulars.domain.extraction import extract;"
        "from regulars.domain.identity_definitions import parse_rules;"
        "rules = parse_rules({'identifiers': [{'kind': 'user_id', 'from': ['userId'], 'limit': 1}], 'blocked': ['x']});"
        "assert extract({'userId': 'u'}, rules); assert 'jsonschema_rs' not in sys.modules"
    )

    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment)

    assert (done.returncode, done.stderr) == (0, "")


decorated = st.builds(
    lambda before, value, after: before + value + after,
    st.text("'\"`«»“”()[]{}<> \u200b\ufeff\u3000", max_size=6),
    st.sampled_from(sorted(ILLEGAL_VALUES - {"-1"})) | st.text("0-", max_size=5),
    st.text("'\"`«»“”()[]{}<> \u200b\ufeff\u3000", max_size=6),
)


@given(decorated)
def test_no_dress_makes_nobody_somebody(value: str) -> None:
    assert is_blocked(value)


values = st.text(st.characters(codec="utf-8"), max_size=20) | st.integers()
kinds = st.sampled_from(["user_id", "email", "anonymous_id"])


@given(kind=kinds, value=values)
@example(kind="email", value="J\u030c@example.com")
def test_the_normal_form_of_a_normal_form_is_itself(kind: str, value: Any) -> None:
    plain = normalise(kind, value)

    assert plain is None or normalise(kind, plain) == plain


@given(kind=kinds, one=values, other=values)
def test_equal_normal_forms_have_one_key_and_others_another(kind: str, one: Any, other: Any) -> None:
    first, second = normalise(kind, one), normalise(kind, other)
    if first is None or second is None:
        return

    keys = {owner_key(Identifier(kind, plain), bytes(32)) for plain in (first, second)}
    assert (len(keys) == 1) == (first == second)
