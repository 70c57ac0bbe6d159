"""Plan says what apply does, and apply does what plan said."""

import json
import stat
from typing import Any

import pytest

from tests.cli.conftest import Regulars


def acts(changes: Any) -> dict[str, str]:
    """Read what happens to which definition."""
    return {f"{change['kind']} {change['id']}": change["action"] for change in changes["changes"]}


def test_plans_to_create_everything_where_nothing_is_live(regulars: Regulars) -> None:
    planned = acts(regulars.json("plan"))

    assert set(planned.values()) == {"create"}
    assert len(planned) == 53


def test_plan_changes_nothing(regulars: Regulars) -> None:
    regulars("plan")

    assert {method for method, _ in regulars.platform.asked} == {"GET"}


def test_has_nothing_to_do_after_apply(applied: Regulars) -> None:
    assert set(acts(applied.json("plan")).values()) == {"unchanged"}
    assert applied("plan", "--check").code == 0


def test_check_tells_programs_that_something_would_change(regulars: Regulars) -> None:
    assert regulars("plan", "--check").code == 2


def test_keeps_a_new_sources_key_for_its_owner_only(regulars: Regulars) -> None:
    keys = regulars.json("apply")["keys"]

    file = regulars.folder / ".regulars" / "keys.json"
    assert json.loads(file.read_text()) == keys
    assert {source: list(own) for source, own in keys.items()} == {
        "web": ["default"],
        "store": ["backend"],
        "coupons": ["secret"],
        "service_desk": ["secret"],
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_says_a_key_only_once(applied: Regulars) -> None:
    assert applied.json("apply")["keys"] == {}


def test_tells_a_key_although_a_later_definition_fails(regulars: Regulars) -> None:
    regulars.platform.fault = lambda method, path: (403, {}) if (method, path[:12]) == ("PUT", "/v1/segments") else None

    ended = regulars("apply", "--json")

    assert ended.code == 1
    assert set(ended.data["keys"]) == {"web", "store"}


def test_shows_the_lines_of_a_change(applied: Regulars) -> None:
    path = applied.folder / "catalog/segments/big_spenders.yaml"
    path.write_text(path.read_text().replace("500", "750"))

    out = applied("plan").out

    assert "~ change      segment big_spenders" in out
    assert "-  at_least: 500\n" in out
    assert "+  at_least: 750\n" in out


def test_says_what_a_new_segment_keeps_of_each_person(regulars: Regulars) -> None:
    where = "where: {event: Order Completed, sum: {of: revenue, at_least: 5}, calendar_days: 30}\n"
    regulars.write("catalog/segments/zzz.yaml", where)

    keeps = "keeps 30 daily sums of `revenue` of `Order Completed`, about 1.2 KB for each person who did it"
    assert keeps in " ".join(regulars("plan").out.split())
    assert {"action": "create", "kind": "segment", "id": "zzz", "keeps": keeps} in regulars.json("plan")["changes"]


def test_refuses_segments_that_are_too_much_together(applied: Regulars) -> None:
    total = "{event: X, sum: {of: y, at_least: 1}, calendar_days: 400}"
    for id in ("one", "two"):
        applied.write(f"catalog/segments/{id}.yaml", f"where: {{all: [{', '.join([total] * 199)}]}}\n")

    ended = applied("apply")
    assert (ended.code, "200,000 is the most" in ended.err) == (1, True)
    assert ("PUT", "/v1/segments/one") not in applied.platform.asked


def test_takes_another_spelling_of_the_same_for_unchanged(applied: Regulars) -> None:
    path = applied.folder / "catalog/segments/just_browsing.yaml"
    path.write_text(path.read_text().replace("10 seconds", '"010 second"'))

    assert acts(applied.json("plan"))["segment just_browsing"] == "unchanged"


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("journeys/welcome", "wait: 2 days", "wait: 3 days"),
        ("journeys/welcome", "template: what_others_like", "template: good_to_see_you"),
        ("journeys/welcome", "within: 14 days", "within: 15 days"),
        ("journeys/welcome", "purpose: newsletter", "purpose: orders"),
        ("journeys/abandoned_cart", "holdout: 10", "holdout: 11"),
        (
            "journeys/delivery_problem",
            "template: delivery_delayed, class",
            "template: delivery_delayed, quiet: skip, class",
        ),
        ("templates/delivery_delayed", "is late", "is very late"),
        ("templates/welcome", "Thank you for signing up", "Thanks for signing up"),
        ("webhooks/coupons", "timeout: 5 seconds", "timeout: 6 seconds"),
    ],
)
def test_what_people_would_get_differently_is_changed(applied: Regulars, file: str, before: str, after: str) -> None:
    path = applied.folder / f"catalog/{file}.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))

    kind, _, id = file.partition("s/")
    assert acts(applied.json("plan"))[f"{kind} {id}"] == "change"


def test_leaves_alone_what_no_file_names(applied: Regulars) -> None:
    (applied.folder / "catalog/segments/lapsed.yaml").unlink()

    assert acts(applied.json("apply"))["segment lapsed"] == "left alone"
    assert acts(applied.json("plan"))["segment lapsed"] == "left alone"


def test_prunes_what_no_file_names_when_told(applied: Regulars) -> None:
    (applied.folder / "catalog/segments/lapsed.yaml").unlink()

    assert acts(applied.json("apply", "--prune", "--yes"))["segment lapsed"] == "prune"
    assert "segment lapsed" not in acts(applied.json("plan"))


def test_does_not_prune_unasked(applied: Regulars) -> None:
    (applied.folder / "catalog/segments/lapsed.yaml").unlink()

    ended = applied("apply", "--prune")

    assert (ended.code, "say --yes" in ended.err) == (1, True)
    assert acts(applied.json("plan"))["segment lapsed"] == "left alone"


def test_says_that_what_it_would_prune_was_written_by_hand(applied: Regulars) -> None:
    applied.platform.workspace.put("/v1/segments/mine", {"definition": {"where": {"event": "X"}}})

    assert "written by the API, in no file" in applied("plan", "--prune").out


def test_says_that_somebody_changed_a_definition_since(applied: Regulars) -> None:
    applied.platform.workspace.put("/v1/segments/lapsed", {"definition": {"where": {"event": "X"}}})

    assert "somebody changed it by the API since" in applied("plan").out


def test_never_overwrites_an_edit_that_it_did_not_see(applied: Regulars) -> None:
    workspace = applied.platform.workspace
    path = applied.folder / "catalog/segments/lapsed.yaml"
    path.write_text(path.read_text().replace("180", "90"))

    def edit_first(method: str, _path: str) -> None:
        if method == "PUT":
            workspace.put("/v1/segments/lapsed", {"definition": {"where": {"event": "X"}}})

    applied.platform.fault = edit_first

    ended = applied("apply")

    assert (ended.code, "somebody changed it meanwhile" in ended.err) == (1, True)
    assert workspace.get("/v1/segments/lapsed", "admin").content["definition"] == {"where": {"event": "X"}}


def test_checks_everything_before_it_writes_anything(regulars: Regulars) -> None:
    regulars.write("catalog/segments/zzz.yaml", "where:\n  all:\n    - event: X\n    - evnt: Y\n")
    regulars.write("catalog/segments/yyy.yaml", "where: {event: X}\nwhere: {event: Y}\n")

    ended = regulars("apply")

    assert ended.code == 1
    assert "where: catalog/segments/zzz.yaml:4" in ended.err
    assert "says where twice" in ended.err
    assert regulars.platform.asked == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is not an object of fields"),
        ("- 1\n", "is not an object of fields"),
        ("where: [", "is no YAML"),
        ("where: &a {event: X}\nnot: *a\n", "uses an alias"),
        ("where: !!python/object:os.system {}\n", "is no YAML"),
        ("where: {event: X, within: 10}\n", "where.within: is a number and a unit"),
        ("where: {event: yes}\nanonymous: yes\n", "anonymous: is true or false"),
        ("? [a]\n: 1\n", "has a name that is not plain text"),
        ("a: \x00\n", "is no YAML"),
    ],
)
def test_says_what_is_wrong_with_a_file(regulars: Regulars, content: str, complaint: str) -> None:
    regulars.write("catalog/segments/zzz.yaml", content)

    ended = regulars("plan")

    assert (ended.code, complaint in ended.err) == (1, True)
    assert "catalog/segments/zzz.yaml" in ended.err


def test_refuses_a_file_whose_name_is_no_id(regulars: Regulars) -> None:
    regulars.write("catalog/segments/My Segment.yaml", "where: {event: X}\n")

    assert "the name of the file is the id" in regulars("plan").err


def test_refuses_an_import_of_no_source(regulars: Regulars) -> None:
    (regulars.folder / "catalog/sources/store.yaml").unlink()

    ended = regulars("plan")

    assert "there is no source store" in ended.err
    assert "catalog/imports/purchases.yaml:3" in ended.err


def test_says_errors_to_programs_as_json(regulars: Regulars) -> None:
    regulars.write("catalog/segments/zzz.yaml", "")

    ended = regulars("plan", "--json")

    assert json.loads(ended.err)["error"]["where"] == "catalog/segments/zzz.yaml:1"


def test_applies_segments_after_those_that_they_read(regulars: Regulars) -> None:
    regulars.write("catalog/segments/a_first.yaml", "where: {segment: z_last}\n")
    regulars.write("catalog/segments/z_last.yaml", "where: {event: X}\n")

    assert regulars("apply").code == 0


def test_refuses_a_ring_of_segments_before_anything_is_written(regulars: Regulars) -> None:
    regulars.write("catalog/segments/a.yaml", "where: {segment: b}\n")
    regulars.write("catalog/segments/b.yaml", "where: {segment: a}\n")
    ended = regulars("apply")

    assert ended.code != 0
    assert "reads itself" in ended.err
