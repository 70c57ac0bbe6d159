"""Who has read, and who could have: counted from rows by hand."""

from dataclasses import replace

from regulars.domain.audit import Deed, Row, follow
from regulars.domain.audit_readers import TOKEN, readers
from regulars.domain.instants import HOUR, SECOND
from tests.audits import START

NOON = START + 12 * HOUR
READ = Deed(
    who="s-1", roles=("privacy",), kind="reads", what="get_profile", whom=("p_a",), count=1, opened=True, case="DSR-1"
)
LOGIN = Deed(who="s-2", roles=("admin",), kind="logins", what="sign_in", count=1)


def row(deed: Deed, at: int = NOON) -> Row:
    return follow(deed, None, at=at, function="profile_api", lane=0)


def test_whoever_opened_personal_fields_has_read() -> None:
    rows = [row(READ), row(replace(READ, whom=("p_a", "p_b"), case=""), NOON + SECOND)]

    [one] = readers(rows, begin=NOON, end=NOON + HOUR)

    assert one.has_read
    assert (one.reads, one.people, one.cases, one.roles) == (2, {"p_a", "p_b"}, {"DSR-1"}, {"privacy"})
    assert (one.first, one.last) == (NOON, NOON + SECOND)


def test_whoever_held_a_token_could_have() -> None:
    [one] = readers([row(LOGIN)], begin=NOON, end=NOON + HOUR)

    assert (one.who, one.has_read, one.tokens) == ("s-2", False, 1)


def test_a_token_of_the_hour_before_counts_and_an_older_one_does_not() -> None:
    begin = NOON + TOKEN

    assert [one.who for one in readers([row(LOGIN, NOON)], begin=begin, end=begin + HOUR)] == ["s-2"]
    assert readers([row(LOGIN, NOON - 1)], begin=begin, end=begin + HOUR) == []
    assert readers([row(READ, begin - 1), row(READ, begin + HOUR)], begin=begin, end=begin + HOUR) == []


def test_roles_that_open_nothing_could_not() -> None:
    changed = replace(READ, who="s-3", roles=("marketer",), kind="changes", opened=False)

    assert readers([row(replace(LOGIN, roles=("analyst",))), row(changed)], begin=NOON, end=NOON + HOUR) == []


def test_whoever_took_out_lists_of_ids_is_named() -> None:
    out = replace(READ, who="s-4", roles=("marketer",), kind="exports", opened=False)

    [one] = readers([row(out)], begin=NOON, end=NOON + HOUR)
    assert (one.has_read, one.exports, one.people) == (False, 1, {"p_a"})


def test_whoever_had_a_file_made_is_named_with_it_and_no_id_of_it_is_a_person() -> None:
    run = replace(READ, who="s-5", kind="exports", what="run_export", whom=("x1", "lapsed"), count=70, opened=True)
    link = replace(run, what="link_export")

    [one] = readers([row(run), row(link), row(link)], begin=NOON, end=NOON + HOUR)
    assert (one.files, one.people, one.has_read) == ({"x1": ("lapsed", 70)}, set(), True)


def test_the_busiest_come_first() -> None:
    rows = [row(LOGIN), row(READ), row(replace(READ, who="s-9")), row(replace(READ, who="s-9"))]

    assert [one.who for one in readers(rows, begin=NOON, end=NOON + HOUR)] == ["s-9", "s-1", "s-2"]
