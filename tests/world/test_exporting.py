"""
Who is in an export: nobody without the purpose, restricted, erased or unseen, and each member once, whoever dies of it.

An export is what was true of each page of members when it was read.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from regulars.domain.exports import LONGEST_RUN
from regulars.domain.instants import SECOND
from regulars.domain.parts import Part
from regulars.domain.state import RESTRICTED
from regulars.errors import UnavailableError
from regulars.pipeline import export_worker
from regulars.pipeline.seizing import Seizer
from regulars.stores.identities import IdentityStore
from tests.exporting import a_shop, add, claims, create, file_of, get, link, made, post, rows_of
from tests.workspace import Workspace
from tests.world.erasures import erase

STATES = ("granted", "denied", "unsaid", "restricted", "erased", "left")
MANY = {"approve_above": 1_000, "approve_personal_above": 1_000}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two members, so that a few people make many."""
    monkeypatch.setattr(export_worker, "PAGE", 2)


def erasing_of(workspace: Workspace) -> Erasing:
    """Workers of requests over the same buckets."""
    return Erasing(world=workspace.world, lake=workspace.lake, format=Parquet(), exports=workspace.files)


def become(workspace: Workspace, user: str, state: str) -> None:
    """Let somebody decide, or ask, something."""
    if state in ("granted", "denied"):
        body = {"state": state, "purpose": "newsletter", "proof": "paper", "reason": "paper"}
        answer = workspace.ask("POST", f"/v1/profiles/user_id:{user}/consent", "service", body=body)
        assert answer.status == 200, answer.text
        workspace.world.settle()
    if state in ("restricted", "erased"):
        kind = "erasure" if state == "erased" else "restriction"
        erase(workspace, erasing_of(workspace), workspace.owner("user_id", user), kind=kind)


def users_in(workspace: Workspace, content: bytes) -> list[str]:
    """Name the users of the rows of a file."""
    names = {f"p_{workspace.owner('user_id', f'u-{number}')}": f"u-{number}" for number in range(20)}
    return [names[row["profile_id"]] for row in rows_of(content)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    states=st.lists(st.sampled_from(STATES[:-1]), min_size=1, max_size=7),
    traits=st.sampled_from([["plan"], ["email", "plan"]]),
    role=st.sampled_from(["marketer", "service", "privacy"]),
)
def test_an_export_holds_who_may_be_in_it_and_each_once(states: list[str], traits: list[str], role: str) -> None:
    shop = a_shop(len(states), **MANY)
    for number, state in enumerate(states):
        become(shop, f"u-{number}", state)

    content = made(shop, "mia", role, purpose="newsletter", traits=traits)

    allowed = sorted(f"u-{number}" for number, state in enumerate(states) if state == "granted")
    assert sorted(users_in(shop, content)) == allowed
    hidden = [n for n, state in enumerate(states) if state != "granted" or role == "marketer" or traits == ["plan"]]
    assert not [n for n in hidden if f"c4n4ry-{n}@".encode() in content]


@pytest.mark.parametrize("held", ["restricted", "erased"])
def test_whoever_is_held_while_the_index_still_names_them_is_left_out(held: str) -> None:
    shop = a_shop(3, **MANY)
    create(shop)
    database, owner = shop.world.database, shop.owner("user_id", "u-1")
    if held == "restricted":
        IdentityStore(database).save(Part(owner=owner, name=RESTRICTED))
    else:
        Seizer(database, shop.world.clock).seize(owner, "q1")
    shop.exporting.finish()

    [export] = shop.ask("GET", "/v1/exports", claims=claims("mia", "marketer")).content["exports"]
    assert (export["state"], export["rows"], export["held_back"]) == ("done", 2, {held: 1})


class DiesError(Exception):
    """The process is gone."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_dies_of_it_each_member_is_in_the_file_once(data: st.DataObject) -> None:
    shop = a_shop(5, **MANY)
    taken = create(shop).content
    left = [data.draw(st.integers(1, 60), label="operations until it dies") for _ in range(3)]

    def die(_operation: str, _table: str) -> None:
        if left:
            left[0] -= 1
            if left[0] <= 0:
                left.pop(0)
                raise DiesError

    shop.world.database.hook = die
    for _ in range(10):
        try:
            shop.exporting.finish()
            break
        except DiesError:
            continue
    shop.world.database.hook = None
    shop.exporting.finish()

    content = file_of(shop, link(shop, taken["id"]))
    assert sorted(users_in(shop, content)) == [f"u-{number}" for number in range(5)]
    assert get(shop, taken["id"]).content["rows"] == 5
    assert len(shop.files.held) == 1


def test_no_file_is_given_that_the_audit_trail_does_not_know_of() -> None:
    shop = a_shop(3, **MANY)
    id = create(shop).content["id"]

    def refuse(operation: str, table: str) -> None:
        if (operation, table) == ("insert", "audit"):
            raise UnavailableError("the table takes no more at the moment; try again")

    shop.world.database.hook = refuse
    with pytest.raises(UnavailableError):
        shop.exporting.finish()
    shop.world.database.hook = None

    assert get(shop, id).content["state"] == "running"
    assert link(shop, id).status == 409
    shop.exporting.finish()
    assert [row.deed.count for row in shop.trail if row.deed.what == "run_export"] == [3]


def test_two_workers_at_once_make_one_file() -> None:
    shop = a_shop(5, **MANY)
    id = create(shop).content["id"]
    turns = iter([True, False] * 20)
    for _ in range(20):
        for _ in range(2):
            shop.exporting.worker().work(id, has_time=lambda: next(turns))
        if get(shop, id).content["state"] == "done":
            break

    assert sorted(users_in(shop, file_of(shop, link(shop, id)))) == [f"u-{number}" for number in range(5)]


def test_who_enters_or_leaves_meanwhile_is_in_it_as_their_page_was() -> None:
    shop = a_shop(6, **MANY)
    id = create(shop, purpose="newsletter").content["id"]
    for number in range(6):
        become(shop, f"u-{number}", "granted")
    turns = iter([True, False])
    shop.exporting.worker().work(id, has_time=lambda: next(turns))
    before = get(shop, id).content["rows"]
    for number in range(6):
        become(shop, f"u-{number}", "denied")
    shop.exporting.finish()

    done = get(shop, id).content
    assert (done["rows"], done["held_back"]) == (before, {"consent": 6 - before})
    assert 0 < before < 6


def test_an_erasure_removes_the_files_that_may_hold_the_person() -> None:
    shop = a_shop(4, **MANY)
    done, running = create(shop, "sam", "service", traits=["email"]).content, create(shop, "mia").content
    shop.exporting.begun.remove(running["id"])
    shop.exporting.finish()
    turns = iter([True, False])
    shop.exporting.worker().work(running["id"], has_time=lambda: next(turns))
    assert any(b"c4n4ry-1@" in content for content in shop.files.held.values())

    request = erase(shop, erasing_of(shop), shop.owner("user_id", "u-1"))
    shop.exporting.begun.append(running["id"])
    shop.exporting.finish()

    assert shop.files.held == {}
    assert get(shop, done["id"], "sam", "service").content["state"] == "removed"
    assert get(shop, running["id"]).content["state"] == "removed"
    assert link(shop, done["id"], "sam", "service").status == 409
    found = shop.get(f"/v1/privacy/requests/{request}").content
    assert (found["state"], found["found"]["exports"]) == ("done", 2)


def test_an_erasure_ends_while_others_go_on_exporting() -> None:
    shop = a_shop(4, **MANY)
    erasing = erasing_of(shop)
    request = erase_slowly(shop, erasing)
    kept: dict[str, Any] = {}
    while not (step := erasing.worker().work(request, has_time=lambda: True)).done:
        shop.world.advance(shop.world.clock.now + max(step.wait, 1_800) * SECOND)
        kept = create(shop).content
        shop.exporting.finish()

    content = file_of(shop, link(shop, kept["id"]))
    assert sorted(users_in(shop, content)) == ["u-0", "u-2", "u-3"]


def erase_slowly(shop: Workspace, erasing: Erasing) -> str:
    """Begin an erasure of one person, and let its first round run."""
    body = {"kind": "erasure", "identifiers": ["user_id:u-1"]}
    id = shop.ask("POST", "/v1/privacy/requests", "privacy", body=body).content["id"]
    shop.ask("POST", f"/v1/privacy/requests/{id}/verify", "privacy", body={"how": "document"})
    erasing.worker().work(id, has_time=lambda: True)
    return str(id)


def test_what_a_late_worker_still_writes_is_found_by_a_later_round() -> None:
    shop = a_shop(4, **MANY)
    erasing = erasing_of(shop)
    taken = create(shop, "sam", "service", traits=["email"]).content
    folder_of_it = f"files/{shop.world.clock.now:020}-{taken['id']}/"
    id = erase_slowly(shop, erasing)
    shop.files.put(f"{folder_of_it}00000-late", b"c4n4ry-1@shop.example")
    erasing.finish(id)

    assert shop.files.held == {}
    assert LONGEST_RUN < 7 * 3_600 * SECOND


def test_what_is_taken_back_while_it_is_made_leaves_nothing() -> None:
    shop = a_shop(5, **MANY)
    id = create(shop).content["id"]
    turns = iter([True, False])
    shop.exporting.worker().work(id, has_time=lambda: next(turns))
    assert shop.files.held

    assert post(shop, id, "cancel", "mia", "marketer").content["state"] == "cancelled"
    shop.exporting.finish()
    assert shop.files.held == {}


def test_a_merge_meanwhile_puts_nobody_in_twice() -> None:
    shop = a_shop(2, **MANY)
    id = create(shop).content["id"]
    shop.send({"type": "alias", "userId": "u-0", "previousId": "u-1"})
    add(shop, "u-5", plan="gold")
    shop.exporting.finish()

    ids = [row["profile_id"] for row in rows_of(file_of(shop, link(shop, id)))]
    assert len(set(ids)) == len(ids)
