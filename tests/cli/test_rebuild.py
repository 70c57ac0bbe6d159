"""Rebuilds, redrives and corrections from the terminal."""

import json
from typing import Any

import pytest

from regulars.stores.rebuilds import RebuildStore, Run
from tests.cli.conftest import Regulars
from tests.workspace import AtOnce

RIGHT = "0 changed"


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """A workspace in which one person has bought something, and all is counted for what is live."""
    applied.platform.workspace.send(
        {"type": "identify", "userId": "ann", "traits": {"email": "ann@shop.example", "plan": "gold"}},
        {"type": "track", "userId": "ann", "event": "Order Completed", "properties": {"order_id": "1", "revenue": 600}},
    )
    clock = applied.platform.workspace.world.clock
    clock.advance_to(clock.now + 120_000_000)
    return applied


def lose(shop: Regulars) -> None:
    """Lose what is known of somebody."""
    workspace = shop.platform.workspace
    workspace.world.database.delete("identities", workspace.owner("user_id", "ann"), "traits")


def an_object(*keys: dict[str, Any]) -> str:
    """What Lambda leaves of records with these keys."""
    records = [{"dynamodb": {"Keys": {name: {"S": value} for name, value in key.items()}}} for key in keys]
    about = {"functionArn": "arn:aws:lambda:eu-west-1:1:function:resolve", "condition": "RetryAttemptsExhausted"}
    batch = {"batchSize": len(records)}
    whole = {"timestamp": "2026-01-01T00:00:00Z", "requestContext": about, "DDBStreamBatchInfo": batch}
    return json.dumps({**whole, "payload": json.dumps({"Records": records})})


def test_rebuilds_one_person_and_proves_that_all_was_right(shop: Regulars) -> None:
    assert RIGHT in shop("rebuild", "email:ann@shop.example").out
    assert not any("@" in path for _, path in shop.platform.asked)


def test_a_dry_run_counts_what_a_rebuild_then_changes(shop: Regulars) -> None:
    lose(shop)

    rehearsed = shop("rebuild", "user_id:ann", "--dry-run").out
    done = shop.json("rebuild", "user_id:ann")

    assert "1 would change" in rehearsed
    assert (done["changed"], done["identifiers"], done["dry_run"]) == (1, 2, False)
    assert RIGHT in shop("rebuild", "user_id:ann").out


def test_rebuilds_everybody(shop: Regulars) -> None:
    lose(shop)

    done = shop.json("rebuild", "--all")

    assert (done["state"], done["segments_done"], done["changed"]) == ("done", 32, 1)


def test_watches_one_that_is_under_way(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    world = shop.platform.workspace.world
    now = world.clock.now
    RebuildStore(world.database).put(Run(id="r1", dry_run=False, segments=2, by="s-2", started=now, awake=now))
    monkeypatch.setattr("cli.rebuild.time.sleep", lambda _seconds: AtOnce(world).start("r1", [0, 1], name="r1"))

    ended = shop("rebuild", "--all")

    assert "watching it" in ended.err
    assert (ended.code, RIGHT in ended.out) == (0, True)


def test_does_not_watch_a_rehearsal_in_the_place_of_a_rebuild(shop: Regulars) -> None:
    world = shop.platform.workspace.world
    now = world.clock.now
    RebuildStore(world.database).put(Run(id="r1", dry_run=True, segments=2, by="s-2", started=now, awake=now))

    assert "the rebuild r1 is under way" in shop("rebuild", "--all").err


def test_says_where_one_came_to_a_halt(shop: Regulars) -> None:
    stalled = {**shop.json("rebuild", "--all"), "state": "stalled", "segments_done": 3}
    shop.platform.pages = {"POST /v1/rebuilds": stalled}

    ended = shop("rebuild", "--all")

    assert (ended.code, "after 3 of 32 segments" in ended.err) == (1, True)


@pytest.mark.parametrize("arguments", [(), ("user_id:ann", "--all")])
def test_asks_whom_to_rebuild(shop: Regulars, arguments: tuple[str, ...]) -> None:
    assert "say one person, or --all" in shop("rebuild", *arguments).err


def test_a_marketer_rebuilds_nobody(shop: Regulars) -> None:
    assert shop("rebuild", "user_id:ann", token="marketer").code == 1


def test_redrives_everybody_whom_downloaded_objects_name(shop: Regulars) -> None:
    lose(shop)
    owner = shop.platform.workspace.owner("user_id", "ann")
    shop.write("given-up/2026/one", an_object({"owner": owner, "moment": "x"}, {"owner": "nobody:0a", "moment": "y"}))
    shop.write("given-up/two", an_object({"profile_id": f"p_{owner}"}, {"profile_id": f"p_user_id:{'a' * 26}"}))

    done = shop.json("redrive", str(shop.folder / "given-up"))

    assert [one["refs"] for one in done["objects"]] == [[f"p_{owner}"], [f"p_user_id:{'a' * 26}", f"p_{owner}"]]
    assert (done["rebuilt"]["changed"], done["rebuilt"]["unknown"]) == (1, 1)
    assert RIGHT in shop("rebuild", "user_id:ann").out


def test_a_dry_redrive_changes_nothing(shop: Regulars) -> None:
    lose(shop)
    file = shop.write("one", an_object({"owner": shop.platform.workspace.owner("user_id", "ann"), "moment": "x"}))

    assert shop.json("redrive", str(file), "--dry-run")["rebuilt"] is None
    assert "1 would change" in shop("rebuild", "user_id:ann", "--dry-run").out


@pytest.mark.parametrize("content", ["{}", "no json", '{"payload": "[]"}', '{"payload": "{\\"Records\\": [7]}"}'])
def test_a_file_that_is_no_object_is_named(shop: Regulars, content: str) -> None:
    ended = shop("redrive", str(shop.write("one", content)))

    assert (ended.code, "is no object that a stream function gave up" in ended.err) == (1, True)


def test_corrects_a_person_and_shows_why(shop: Regulars) -> None:
    ended = shop(
        "profile", "correct", "email:ann@shop.example", "city=Bern", "age:=31", "plan:=null", "--reason", "by letter"
    )
    shop.platform.settle()

    shown = shop("profile", "user_id:ann").out
    traits = shop.json("profile", "user_id:ann")["traits"]
    assert ended.code == 0, ended.err
    assert "by letter" in shown
    assert {name: trait["value"] for name, trait in traits.items()} == {
        "age": 31,
        "city": "Bern",
        "email": "ann@shop.example",
    }
    assert not any("@" in path for _, path in shop.platform.asked)


def test_a_repeated_correction_says_so(shop: Regulars) -> None:
    again = ["profile", "correct", "user_id:ann", "city=Bern", "--reason", "by letter", "--message-id", "case-7"]

    assert (shop.json(*again)["duplicate"], shop.json(*again)["duplicate"]) == (False, True)


@pytest.mark.parametrize(
    ("change", "told"), [("city", "changes nothing"), ("=Bern", "changes nothing"), ("age:=young", "is no JSON")]
)
def test_a_change_that_cannot_be_read_is_named(shop: Regulars, change: str, told: str) -> None:
    assert told in shop("profile", "correct", "user_id:ann", change, "--reason", "why").err


def test_engineers_correct_nobody(shop: Regulars) -> None:
    ended = shop("profile", "correct", "user_id:ann", "city=Bern", "--reason", "why", token="engineer")

    assert "traits:write" in ended.err


def test_a_person_is_shown_with_and_without_the_word(shop: Regulars) -> None:
    assert shop("profile", "show", "user_id:ann").out == shop("profile", "user_id:ann").out
    assert shop("profile", "--events", "1", "user_id:ann").code == 0
    assert "correct" in shop("profile", "--help").out
