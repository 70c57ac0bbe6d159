"""`regulars quarantine`: what was refused is counted, shown, mended by hand or by a rule, and replayed."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.place import Keys
from tests.cli.conftest import Regulars
from tests.messages import a_batch, a_track_call, an_identify_call

RULE = """
when: {type: track}
rename: {properties.pid: properties.product_id}
convert: {properties.price: number}
set: {event: Product Viewed}
"""


def send(regulars: Regulars, *messages: Any) -> None:
    """Let the door of the platform refuse what it refuses."""
    key = Keys(regulars.folder / ".regulars").get("web")
    body = {**a_batch(*messages), "writeKey": key}
    assert httpx.post(f"{regulars.platform.url}/v1/batch", json=body).status_code == 200


def nameless(number: int, **changes: Any) -> dict[str, Any]:
    return a_track_call(event="", messageId=f"m-{number}", **changes)


@pytest.fixture
def day(applied: Regulars) -> str:
    """The day of the platform's clock, which is not that of this machine."""
    del applied
    return "2026-01-01"


@pytest.fixture
def filled(applied: Regulars) -> Regulars:
    """Some messages were refused."""
    calls = [nameless(number, properties={"pid": "p", "price": "9.5"}) for number in range(3)]
    send(applied, *calls, an_identify_call(userId=["x"], traits={"email": "ann@shop.example", "plan": "gold"}))
    return applied


def row(regulars: Regulars, day: str, code: str) -> str:
    found = regulars.json("quarantine", "list", "--source", "web", "--day", day, "--code", code)
    return str(found["events"][0]["id"])


def test_counts_and_lists(filled: Regulars, day: str) -> None:
    found = filled.json("quarantine", "list", "--source", "web", "--day", day)
    ended = filled("quarantine", "list", "--day", day)

    counts = {one["code"]: one["open"] for one in found["counts"]}
    assert counts == {"invalid_event_name": 3, "invalid_identifier": 1}
    assert len(found["events"]) == 4
    assert "4 rows to mend" in ended.out


def test_shows_why_and_what(filled: Regulars, day: str) -> None:
    id = row(filled, day, "invalid_identifier")

    masked = filled("quarantine", "show", id, token="engineer")
    whole = filled("quarantine", "show", id, token="admin")

    assert "userId is a text or a number" in masked.out
    assert "ann@shop.example" not in masked.out
    assert "ann@shop.example" in whole.out


def test_mends_by_hand_and_replays(filled: Regulars, day: str) -> None:
    id = row(filled, day, "invalid_event_name")

    tried = filled("quarantine", "repair", id, "--set", "event=A", "--dry-run")
    mended = filled("quarantine", "repair", id, "--set", "event=Product Viewed", "--set", "properties.price=9.5")
    replayed = filled.json("quarantine", "replay", id)
    again = filled("quarantine", "replay", id)

    assert "would be accepted" in tried.out
    assert "would be accepted" in mended.out
    assert replayed["outcomes"]["replayed"] == 1
    assert "1 replayed before" in again.out
    assert len(filled.platform.stored) == 1


def test_mends_a_message_that_was_edited_in_a_file(filled: Regulars, day: str) -> None:
    id = row(filled, day, "invalid_identifier")
    file = filled.folder / "mended.json"
    filled("quarantine", "show", id, "--message", str(file), token="engineer")
    edited = json.loads(file.read_text())
    file.write_text(json.dumps({**edited, "userId": "u-7"}))

    done = filled("quarantine", "repair", id, "--file", str(file), token="engineer")
    whole = filled.json("quarantine", "show", id)

    assert done.code == 0, done.err
    assert edited["traits"] == {"email": "•••", "plan": "gold"}
    assert whole["body"]["message"]["traits"]["email"] == "ann@shop.example"
    assert file.stat().st_mode & 0o77 == 0


def test_mends_many_by_a_rule_that_is_tried_first(filled: Regulars, day: str) -> None:
    filled.write("fix.yaml", RULE)
    chosen = ("--source", "web", "--day", day)

    tried = filled.json("quarantine", "repair", "--rule", "fix.yaml", *chosen, "--dry-run")
    refused = filled("quarantine", "repair", "--rule", "fix.yaml", *chosen)
    done = filled.json("quarantine", "repair", "--rule", "fix.yaml", *chosen, "--yes")
    replayed = filled("quarantine", "replay", *chosen, "--json")

    assert (tried["tried"]["acceptable"], tried["repaired"]) == (3, None)
    assert "would mend 3 rows" in refused.err
    assert done["repaired"]["changed"] == 3
    assert replayed.code == 3
    assert replayed.data["outcomes"] == {
        "replayed": 3,
        "replayed_before": 0,
        "duplicate": 0,
        "quarantined": 1,
        "suppressed": 0,
        "gone": 0,
    }
    assert len(filled.platform.stored) == 3


def test_a_replay_that_was_cut_short_goes_on_where_it_stopped(filled: Regulars, day: str) -> None:
    send(filled, *(nameless(number) for number in range(10, 240)))
    filled.write("fix.yaml", RULE)
    chosen = ("--source", "web", "--day", day, "--code", "invalid_event_name")
    filled("quarantine", "repair", "--rule", "fix.yaml", *chosen, "--yes")
    asked: list[str] = []

    def cut(method: str, path: str) -> tuple[int, dict[str, str]] | None:
        asked.extend([path] if path.endswith("/replay") else [])
        return (400, {}) if method == "POST" and len(asked) == 2 else None

    filled.platform.fault = cut
    first = filled("quarantine", "replay", *chosen)
    filled.platform.fault = lambda _method, _path: None
    second = filled.json("quarantine", "replay", *chosen)

    assert first.code == 1
    assert second["outcomes"]["replayed"] == 133
    assert second["outcomes"]["replayed_before"] == 0
    assert len(set(filled.platform.stored)) == len(filled.platform.stored) == 233


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["repair"], "say either"),
        (["repair", "x"], "say what to mend"),
        (["repair", "x", "--set", "event"], "sets nothing"),
        (["repair", "x", "--set", "event=.nan"], "no YAML that JSON can hold"),
        (["repair", "x", "--set", "a=1", "--rule", "fix.yaml"], "say either"),
        (["repair", "x", "--file", "none.json"], "no JSON"),
        (["repair", "--rule", "wrong.yaml"], "does not know eval"),
        (["replay", "x", "--day", "2026-01-01"], "say either ids"),
        (["list", "--source", "web", "--day", "yesterday"], "is no day"),
        (["show", "x"], "nothing in quarantine has this id"),
    ],
)
def test_says_what_is_wrong(applied: Regulars, arguments: list[str], said: str) -> None:
    applied.write("fix.yaml", RULE)
    applied.write("wrong.yaml", "eval: 1\n")

    ended = applied("quarantine", *arguments)

    assert ended.code == 1
    assert said in ended.err


def test_nothing_waits_in_an_empty_quarantine(applied: Regulars, tmp_path: Path) -> None:
    applied.write("fix.yaml", RULE)

    assert "nothing waits" in applied("quarantine", "list").out
    assert "nothing waits" in applied("quarantine", "repair", "--rule", str(tmp_path / "fix.yaml")).out
    assert "nothing waits" in applied("quarantine", "replay").out
