"""What may not follow what is live, or may not be done in a role, is refused before anything is written."""

from pathlib import Path

import pytest
import yaml

from cli.allowed import refuse_forbidden
from cli.changes import Change
from cli.errors import UserError
from cli.live import Live
from cli.place import Place
from tests.cli.conftest import Regulars
from tests.cli.platform import token_of

NEW = "catalog/segments/new.yaml"


def writes(regulars: Regulars) -> list[str]:
    """List what was asked for other than reading."""
    return [path for method, path in regulars.platform.asked if method != "GET"]


def edit_kinds(regulars: Regulars, order: list[int], *more: dict[str, object]) -> None:
    """Put the kinds of the identity rules into another order, and a new segment beside them."""
    path = regulars.folder / "catalog/identity.yaml"
    rules = yaml.safe_load(path.read_text())
    rules["identifiers"] = [*[rules["identifiers"][index] for index in order], *more]
    path.write_text(yaml.safe_dump(rules))
    regulars.write(NEW, "where: {event: X}\n")
    regulars.platform.asked.clear()


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    ("order", "complaint"),
    [([0, 2, 1, *range(3, 10)], "keeps the order of the live kinds"), ([*range(9)], "lacks ios.push_token")],
)
def test_refuses_other_kinds_of_identifiers_before_it_writes(
    applied: Regulars, command: str, order: list[int], complaint: str
) -> None:
    edit_kinds(applied, order)

    ended = applied(command)

    assert (ended.code, complaint in ended.err, "where: catalog/identity.yaml" in ended.err) == (1, True, True)
    assert writes(applied) == []


def test_takes_a_kind_below_those_that_are_live(applied: Regulars) -> None:
    edit_kinds(applied, [*range(10)], {"kind": "phone", "from": ["traits.phone"]})

    assert applied("apply").code == 0
    assert "/v1/identity" in writes(applied)


def test_refuses_more_segments_than_fit_before_it_writes(regulars: Regulars) -> None:
    where = {"all": [{"event": f"{n:03}" + "x" * 190} for n in range(190)]}
    for n in range(7):
        regulars.write(f"catalog/segments/s{n}.yaml", yaml.safe_dump({"where": where}))

    assert "all segments together" in regulars("apply").err
    assert writes(regulars) == []


def test_refuses_a_definition_that_says_another_id(regulars: Regulars) -> None:
    regulars.write(NEW, "where: {event: X}\nid: old\n")

    assert "id: is not new" in regulars("plan").err


def test_leaves_out_what_a_role_may_not_read(applied: Regulars) -> None:
    applied.write(NEW, "where: {event: X}\n")

    ended = applied("plan", token=token_of("marketer"))

    assert ended.code == 0, ended.err
    assert "identity: left out, the role marketer may not read it" in ended.err
    assert "sources: left out, the role marketer may not read them" in ended.err
    assert "segment new" in ended.out


def test_applies_nothing_new_in_a_role_that_may_not(applied: Regulars) -> None:
    assert applied("apply", token=token_of("marketer")).code == 0

    applied.write(NEW, "where: {event: X}\n")
    applied.platform.asked.clear()
    ended = applied("apply", token=token_of("marketer"))

    assert (ended.code, "the role marketer may not change segment new" in ended.err) == (1, True)
    assert "it takes one of the roles admin and engineer: say --role engineer" in ended.err
    assert writes(applied) == []


def test_says_how_to_get_a_role_where_nobody_can_choose_it() -> None:
    new = Change(act="prune", live=Live(kind="segment", id="old", content={}, origin="file", version=1))
    place = Place(root=Path(), url="https://cdp.example.com", token=None)

    with pytest.raises(UserError) as refused:
        refuse_forbidden([new], ["marketer"], place)
    assert "it takes one of the roles admin and engineer" in refused.value.fix
    assert "an admin of the user pool add you to the group engineer" in refused.value.fix


def test_leaves_to_the_platform_what_a_token_does_not_tell(applied: Regulars) -> None:
    applied.write(NEW, "where: {event: X}\n")
    before = applied.json("plan")

    ended = applied("apply", token="analyst")

    assert (ended.code, "a role that may do this" in ended.err) == (1, True)
    assert applied.json("plan") == before


def test_fails_where_a_role_may_read_nothing(applied: Regulars) -> None:
    ended = applied("plan", token="nobody")

    assert (ended.code, "ask an admin" in ended.err) == (1, True)


def test_says_what_it_did_and_sums_it_up_last(applied: Regulars) -> None:
    applied.write(NEW, "where: {event: X}\n")
    (applied.folder / "catalog/segments/lapsed.yaml").unlink()

    lines = applied("apply", "--prune", "--yes").out.splitlines()

    told = [line[:25].rstrip() for line in lines if line[:1] in "+-"]
    assert told == ["+ created     segment new", "- deleted     segment lap"]
    assert "everybody was looked at" in lines[-2]
    assert lines[-1] == "1 created, 1 deleted, 52 unchanged"


def test_lists_what_is_unchanged_when_told(applied: Regulars) -> None:
    assert "= unchanged" not in applied("apply").out
    assert "= unchanged   identity rules" in applied("apply", "--verbose").out


def test_says_from_when_on_a_changed_segment_holds(applied: Regulars) -> None:
    assert "looked at" not in applied("plan").out

    applied.write(NEW, "where: {event: X}\n")

    assert "is live once everybody was looked at" in applied("plan").out
