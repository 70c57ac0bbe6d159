"""Exports over HTTP: who gets which file, who has to agree, and what is tried to get more (A12 to A14, A22, A23)."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.exporting import Exporting
from regulars.domain.calls import read
from regulars.domain.instants import DAY, SECOND
from regulars.domain.roles import PROGRAM_ROLES, ROLES
from regulars.errors import UnavailableError
from regulars.pipeline.admission import lay_out
from regulars.stores.events import from_item
from tests.exporting import (
    EXPORTS,
    a_shop,
    add,
    approve,
    cells_of,
    claims,
    create,
    file_of,
    get,
    link,
    made,
    post,
    rows_of,
)
from tests.workspace import Workspace, delivery

BIG = {"traits": ["plan"], "reason": "big"}


@pytest.fixture
def shop() -> Workspace:
    """Three people, of whom a marketer may take out four without anybody."""
    return a_shop()


@pytest.fixture
def crowd() -> Workspace:
    """Six people, so that somebody has to agree."""
    return a_shop(6)


def test_a_small_export_is_made_at_once_and_given_to_who_asked(shop: Workspace) -> None:
    taken = create(shop).content
    early = link(shop, taken["id"])
    shop.exporting.finish()

    done, linked = get(shop, taken["id"]).content, link(shop, taken["id"])
    content = file_of(shop, linked)
    assert (taken["state"], taken["expected"], taken["needs_approval"]) == ("running", 3, False)
    assert early.status == 409
    assert (done["state"], done["rows"], done["held_back"]) == ("done", 3, {})
    assert [row["traits"] for row in rows_of(content)] == [{"plan": "gold"}] * 3
    assert linked.content["size"] == len(content)
    assert len(shop.files.held) == 1
    assert "seconds=900" in linked.content["url"]


def test_a_file_says_what_it_is_and_who_took_it(shop: Workspace) -> None:
    lines, cells = made(shop).decode().splitlines(), cells_of(made(shop, format="csv"))

    head = json.loads(lines[0])
    assert (head["by"], head["segment"], head["purpose"], head["traits"]) == ("mia", "buyers", "orders", ["plan"])
    assert head["export"].startswith("x")
    assert cells[0] == ["export", "profile_id", "since", "plan"]
    assert len({row[0] for row in cells[1:]}) == 1
    assert [row[3] for row in cells[1:]] == ["gold"] * 3


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"segment": "nobody"}, 404, "no segment of this id"),
        ({"segment": "No Id"}, 400, "segment is the id"),
        ({"segment": None}, 400, "segment is the id"),
        ({"purpose": None}, 400, "for what the traits are"),
        ({"purpose": "unknown"}, 400, "catalog/consent.yaml"),
        ({"purpose": 7}, 400, "purpose is the id"),
        ({"channel": "fax", "purpose": "newsletter"}, 400, "channel one that it has"),
        ({"channel": "email", "purpose": None, "traits": None}, 400, "name that, too"),
        ({"traits": ["plan", "plan"]}, 400, "names one twice"),
        ({"traits": "plan"}, 400, "list of up to"),
        ({"traits": [""]}, 400, "list of up to"),
        ({"traits": [[]]}, 400, "list of up to"),
        ({"traits": [str(n) for n in range(51)]}, 400, "list of up to"),
        ({"format": "xlsx"}, 400, "format is one of"),
        ({"reason": None}, 400, "reason says"),
        ({"reason": "a\nb"}, 400, "reason says"),
        ({"reason": "x" * 201}, 400, "reason says"),
        ({"by": "ada"}, 400, "nothing else"),
    ],
)
def test_what_has_no_meaning_is_refused_and_says_what_to_do(
    shop: Workspace, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = create(shop, **changes)

    assert answer.status == status
    assert said in answer.content["message"]


def test_ids_alone_need_no_purpose(shop: Workspace) -> None:
    rows = rows_of(made(shop, purpose=None, traits=None))

    assert len(rows) == 3
    assert all(set(row) == {"profile_id", "since", "traits"} and row["traits"] == {} for row in rows)


def test_computed_traits_are_what_a_profile_shows(shop: Workspace) -> None:
    shop.put("/v1/computed-traits/orders_made", {"definition": {"event": "Order Completed", "count": {}}})
    shop.put("/v1/computed-traits/last_order", {"definition": {"event": "Order Completed", "last": "time"}})
    shop.world.settle()
    shown = shop.get("/v1/profiles/user_id:u-1", "admin").content["computed"]
    ids = list(shown)

    assert "orders_made" in ids
    rows = rows_of(made(shop, traits=None, computed=ids))
    assert {id: each["value"] for id, each in shown.items()} in [row["computed"] for row in rows]
    head, *cells = cells_of(made(shop, traits=None, computed=["orders_made"], format="csv"))
    assert (head[3:], {row[3] for row in cells}) == (["computed.orders_made"], {"1"})
    assert create(shop, computed=["nothing"]).status == 400
    assert create(shop, traits=None, purpose=None, computed=ids).status == 400
    taken = create(shop, computed=["orders_made"]).content
    shop.ask("DELETE", "/v1/computed-traits/orders_made", "admin", headers={"if-match": "1"})
    approve(shop, taken)
    shop.exporting.finish()
    assert get(shop, taken["id"]).content["state"] == "failed"


def test_who_does_not_consent_is_left_out_and_counted(shop: Workspace) -> None:
    decision = {"state": "granted", "purpose": "newsletter", "proof": "paper", "reason": "paper"}
    shop.ask("POST", "/v1/profiles/user_id:u-1/consent", "service", body=decision)
    shop.world.settle()
    taken = create(shop, purpose="newsletter").content
    shop.exporting.finish()

    done = get(shop, taken["id"]).content
    assert (done["rows"], done["held_back"]) == (1, {"consent": 2})


def test_a12_whoever_may_not_read_personal_fields_finds_none_in_a_file(shop: Workspace) -> None:
    for format in ("jsonl", "csv"):
        content = made(shop, format=format, traits=["email", "plan"])

        assert b"c4n4ry" not in content
        assert content.decode().count("•••") == 3
    assert rows_of(made(shop, traits=["email"]))[0]["masked"] == ["email"]
    id = shop.ask("GET", EXPORTS, claims=claims("mia", "marketer")).content["exports"][0]["id"]
    assert get(shop, id).content["held_back"] == {"masked": 3}
    assert [row.deed.opened for row in shop.trail if "export" in row.deed.what] == [False] * len(
        [row for row in shop.trail if "export" in row.deed.what]
    )


def test_whoever_may_read_them_finds_them_and_it_stands_in_the_trail(shop: Workspace) -> None:
    content = made(shop, "sam", "service", traits=["email"])

    assert {row["traits"]["email"] for row in rows_of(content)} == {f"c4n4ry-{n}@shop.example" for n in range(3)}
    deeds = [row.deed for row in shop.trail if row.deed.kind == "exports"]
    id = shop.ask("GET", EXPORTS, claims=claims("sam", "service")).content["exports"][0]["id"]
    assert {(deed.who, deed.what, deed.whom, deed.count, deed.opened) for deed in deeds} == {
        ("sam", "run_export", (id, "buyers"), 3, True),
        ("sam", "link_export", (id, "buyers"), 3, True),
    }
    assert "c4n4ry" not in str(shop.trail)


def test_sensitive_traits_are_masked_but_for_who_may_see_them(shop: Workspace) -> None:
    call = {"messageId": "m", "type": "identify", "userId": "u-1", "traits": {"iban": "DE1", "email": "a@b.example"}}
    sealed = replace(read(call, delivery(shop)), sensitive_traits=frozenset({"iban"}))
    shop.world.store(from_item(lay_out(sealed, shop.sealer, shop.stamps)))
    shop.world.settle()

    for role, shown in (("service", "•••"), ("privacy", "DE1")):
        rows = rows_of(made(shop, role, role, traits=["iban", "email"]))
        told = next(row["traits"] for row in rows if "iban" in row["traits"])
        assert told == {"iban": shown, "email": "a@b.example"}
    newest = shop.ask("GET", EXPORTS, claims=claims("privacy", "privacy")).content["exports"][0]
    assert link(shop, newest["id"], "privacy", "privacy").status == 200
    assert link(shop, newest["id"], "privacy", "admin").status == 403


def test_a13_nobody_agrees_to_their_own_export_with_any_token(crowd: Workspace) -> None:
    taken = create(crowd, "ada", "admin").content

    assert taken["state"] == "waiting"
    for groups in (("admin",), ("privacy",), ("admin", "privacy", "service")):
        answer = approve(crowd, taken, "ada", *groups)
        assert (answer.status, "their own" in answer.content["message"]) == (403, True)
    assert post(crowd, taken["id"], "reject", "ada", "privacy").status == 403
    assert crowd.exporting.begun == []
    assert approve(crowd, taken, "pia", "privacy").content["state"] == "running"


def test_a13_programs_never_agree() -> None:
    assert not [role for role in PROGRAM_ROLES if "exports:approve" in ROLES[role]]


def test_a13_an_approval_is_for_one_time(crowd: Workspace) -> None:
    taken = create(crowd).content
    again = create(crowd).content
    first = approve(crowd, taken)
    crowd.exporting.finish()

    assert first.content["state"] == "running"
    assert approve(crowd, taken).status == 409
    assert get(crowd, taken["id"]).content["decided_by"] == "ada"
    assert taken["print"] != again["print"]
    assert approve(crowd, {**again, "print": taken["print"]}).status == 409
    assert get(crowd, again["id"]).content["state"] == "waiting"


def test_a13_an_edit_of_the_segment_ends_what_was_asked_for(crowd: Workspace) -> None:
    taken = create(crowd).content
    crowd.put("/v1/segments/buyers", {"definition": {"name": "Else", "where": {"event": "Order Completed"}}})

    answer = approve(crowd, taken)
    assert (answer.status, "asked for anew" in answer.content["message"]) == (409, True)


def test_a13_an_edit_after_the_approval_ends_it_too(crowd: Workspace) -> None:
    taken = create(crowd).content
    approve(crowd, taken)
    crowd.put("/v1/segments/buyers", {"definition": {"where": {"event": "Anything"}}})
    crowd.world.settle()
    crowd.exporting.finish()

    failed = get(crowd, taken["id"]).content
    assert (failed["state"], failed["rows"]) == ("failed", 0)
    assert "edited" in failed["why"]
    assert crowd.files.held == {}


@pytest.mark.parametrize("print", [None, 7, "", "0" * 64, ["x"]])
def test_a13_what_is_agreed_to_is_named_by_its_print(crowd: Workspace, print: object) -> None:
    taken = create(crowd).content

    assert post(crowd, taken["id"], "approve", "ada", "admin", body={"print": print}).status in (400, 409)
    assert get(crowd, taken["id"]).content["state"] == "waiting"


def test_an_approval_lapses_after_a_day(crowd: Workspace) -> None:
    taken = create(crowd).content
    crowd.world.advance(crowd.world.clock.now + DAY)

    assert get(crowd, taken["id"]).content["state"] == "lapsed"
    assert approve(crowd, taken).status == 409


def test_who_is_rejected_gets_nothing(crowd: Workspace) -> None:
    taken = create(crowd).content

    assert post(crowd, taken["id"], "reject", "ada", "admin").content["state"] == "rejected"
    assert approve(crowd, taken, "pia", "privacy").status == 409
    assert crowd.exporting.begun == []


def test_many_small_exports_count_as_a_large_one() -> None:
    shop = a_shop(2)

    first, second = create(shop).content, create(shop).content
    shop.world.advance(shop.world.clock.now + DAY + SECOND)
    assert (first["state"], second["state"]) == ("running", "waiting")
    assert create(shop).content["state"] == "running"


def test_personal_traits_take_a_second_person_sooner(shop: Workspace) -> None:
    assert create(shop, "sam", "service").content["state"] == "waiting"
    assert create(shop, "sue", "service", traits=None).content["state"] == "running"
    assert create(shop, "mia").content["state"] == "running"


def test_one_person_asks_for_so_many_a_day() -> None:
    shop = a_shop(0, a_day=2)
    create(shop), create(shop)

    answer = create(shop)
    assert (answer.status, int(answer.headers["retry-after"]) > 80_000) == (429, True)
    assert create(shop, "max").status == 200
    shop.world.advance(shop.world.clock.now + int(answer.headers["retry-after"]) * SECOND)
    assert create(shop).status == 200


def test_what_grows_beyond_what_was_agreed_to_fails() -> None:
    shop = a_shop(3)
    taken = create(shop).content
    for number in range(2):
        add(shop, f"new-{number}", plan="gold")
    shop.exporting.finish()

    failed = get(shop, taken["id"]).content
    assert (failed["state"], "more people" in failed["why"]) == ("failed", True)
    assert shop.files.held == {}


def test_a14_a_file_is_given_to_nobody_else(shop: Workspace) -> None:
    taken = create(shop).content
    shop.exporting.finish()

    assert link(shop, taken["id"], "max", "marketer").status == 404
    assert link(shop, taken["id"], "ada", "admin").status == 403
    assert get(shop, taken["id"], "max").status == 404
    assert post(shop, taken["id"], "cancel", "max", "marketer").status == 404
    assert shop.ask("GET", EXPORTS, claims=claims("max", "marketer")).content == {"exports": [], "next": None}
    assert len(shop.ask("GET", EXPORTS, claims=claims("ada", "admin")).content["exports"]) == 1


def test_a14_who_lost_a_role_gets_no_link(shop: Workspace) -> None:
    taken = create(shop, "sam", "service", traits=["email"]).content
    approve(shop, taken)
    shop.exporting.finish()

    assert link(shop, taken["id"], "sam", "service").status == 200
    assert link(shop, taken["id"], "sam", "marketer").status == 403
    assert link(shop, taken["id"], "sam", "analyst").status == 403


def test_a14_who_left_a_team_gets_no_link_and_no_export(shop: Workspace) -> None:
    team: dict[str, Any] = {"segments": ["buyers"], "traits": ["plan"]}
    shop.put("/v1/teams", {"definition": {"others": "none", "teams": {"dach": team}}})
    groups = ("marketer", "team-dach")
    assert create(shop, "mia", "marketer").status == 403
    shop.put("/v1/computed-traits/secret", {"definition": {"event": "Order Completed", "count": {}}})
    assert create(shop, "mia", *groups, computed=["secret"]).status == 403
    hidden = create(shop, "mia", *groups, traits=["plan", "email"])
    assert (hidden.status, "email" in hidden.content["message"]) == (403, True)
    taken, running = create(shop, "mia", *groups).content, create(shop, "max", *groups).content
    shop.exporting.begun.remove(running["id"])
    shop.exporting.finish()
    assert link(shop, taken["id"], "mia", *groups).status == 200

    shop.put("/v1/teams", {"definition": {"others": "none", "teams": {"dach": {**team, "traits": []}}}})
    shop.exporting.begun.append(running["id"])
    shop.exporting.finish()
    assert link(shop, taken["id"], "mia", *groups).status == 403
    failed = get(shop, running["id"], "max").content
    assert (failed["state"], "no team of yours" in failed["why"]) == ("failed", True)


def test_a14_a_link_never_outlives_its_file_and_ends_with_a_cancel(shop: Workspace) -> None:
    taken = create(shop).content
    shop.exporting.finish()
    shop.world.advance(shop.world.clock.now + DAY - 60 * SECOND)
    late = link(shop, taken["id"])

    assert "seconds=60" in late.content["url"]
    assert post(shop, taken["id"], "cancel", "ada", "admin").content["state"] == "cancelled"
    assert shop.files.held == {}
    assert link(shop, taken["id"]).status == 409


def test_a14_after_a_day_there_is_no_file(shop: Workspace) -> None:
    taken = create(shop).content
    shop.exporting.finish()
    shop.world.advance(shop.world.clock.now + DAY)

    assert get(shop, taken["id"]).content["state"] == "ended"
    assert link(shop, taken["id"]).status == 409
    assert post(shop, taken["id"], "cancel", "mia", "marketer").status == 409


def test_a22_cursors_fit_one_list_of_one_person(shop: Workspace) -> None:
    ids = [create(shop, "mia").content["id"] for _ in range(3)]
    mine = claims("mia", "marketer")
    first = shop.ask("GET", EXPORTS, query={"limit": "2"}, claims=mine).content
    rest = shop.ask("GET", EXPORTS, query={"limit": "2", "cursor": first["next"]}, claims=mine).content

    assert [one["id"] for one in (*first["exports"], *rest["exports"])] == ids[::-1]
    for cursor, who in ((first["next"], "max"), (first["next"][:-2] + "AA", "mia"), ("x", "mia"), ("", "mia")):
        query = {"limit": "2", "cursor": cursor}
        assert shop.ask("GET", EXPORTS, query=query, claims=claims(who, "marketer")).status == 400


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a23_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    shop = a_shop(0)
    name = f"{text}name"
    add(shop, "u-1", note_of=text, **{name: "x"})

    head, row = cells_of(made(shop, "pia", "privacy", format="csv", traits=["note_of", name]))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in (*head, *row))
    assert row[3] in (f"'{text}", "'" + text.strip(), text.strip()) or row[3] == ""


def test_values_of_every_kind_stand_in_a_cell_each() -> None:
    shop = a_shop(0)
    add(shop, "u-1", size=-5, ok=True, tags=["a", 'b"c'], since="x,y", deep={"a": 1})

    head, row = cells_of(made(shop, format="csv", traits=["size", "ok", "tags", "since", "deep", "none"]))
    assert head[3:] == ["size", "ok", "tags", "trait.since", "deep", "none"]
    assert row[3:] == ["-5", "true", '["a", "b\\"c"]', "x,y", '{"a": 1}', ""]


def test_where_no_worker_starts_it_fails_or_waits_on(crowd: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = create(crowd).content

    def refuse(*_given: object, **_named: object) -> None:
        raise UnavailableError("no")

    with monkeypatch.context() as patched:
        patched.setattr(type(crowd.exporting), "start", refuse)
        assert approve(crowd, taken).status == 503
        assert create(crowd, "max", purpose=None, traits=None).content.get("code") in (None, "unavailable")
    assert get(crowd, taken["id"]).content["state"] == "waiting"
    assert approve(crowd, taken).content["state"] == "running"


def test_a_worker_that_began_all_the_same_goes_on(crowd: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = create(crowd).content

    def begin_and_fail(exporting: Exporting, id: str, *_given: object, **_named: object) -> None:
        exporting.begun.append(id)
        exporting.finish()
        raise UnavailableError("its answer was lost")

    monkeypatch.setattr(Exporting, "start", begin_and_fail)
    assert approve(crowd, taken).status == 503
    assert crowd.failures[1:] == []
    assert get(crowd, taken["id"]).content["state"] == "done"


def test_what_is_left_for_hours_has_failed_and_can_be_taken_back(shop: Workspace) -> None:
    taken = create(shop).content
    shop.world.advance(shop.world.clock.now + DAY)

    assert get(shop, taken["id"]).content["state"] == "failed"
    shop.exporting.finish()
    assert "six hours" in get(shop, taken["id"]).content["why"]


def test_the_rules_are_settings_of_the_workspace(shop: Workspace) -> None:
    wrong: list[object] = [
        {"approve_above": -1},
        {"a_day": 0},
        {"approve_above": "1"},
        {"a_day": True},
        {"more": 1},
        [],
    ]
    for rules in wrong:
        assert shop.put("/v1/workspace", {"definition": {"exports": rules}}).status == 400
    assert shop.put("/v1/workspace", {"definition": {"exports": {"approve_above": 0}}}).status == 200
    assert create(shop).content["state"] == "waiting"


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["buyers", "orders", "csv"])
BODIES = st.dictionaries(
    st.sampled_from(["segment", "purpose", "channel", "traits", "computed", "format", "reason", "print"]),
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=2), SCALARS, max_size=2),
)


@cache
def a_patient_shop() -> Workspace:
    """One for many requests."""
    return a_shop(1, a_day=1_000)


@settings(max_examples=150, deadline=None)
@given(body=BODIES, path=st.sampled_from(["", "/x1/approve", "/x1/reject", "/x1/cancel", "/x1/link", "/%00/link"]))
def test_no_body_makes_a_failure_of_ours(body: dict[str, Any], path: str) -> None:
    shop = a_patient_shop()

    answer = shop.ask("POST", f"{EXPORTS}{path}", body=body, claims=claims("ada", "admin"))

    assert answer.status in (200, 400, 404, 429)
    assert shop.failures == []
