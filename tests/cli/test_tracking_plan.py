"""The tracking plan as files and commands: planned, applied in the right order, and what did not follow it."""

from datetime import date
from typing import Any

import httpx
import pytest

from cli.place import Keys
from tests.cli.conftest import Regulars
from tests.messages import a_batch, a_track_call

FOLDER = "catalog/tracking-plan"


def acts(content: Any) -> dict[str, str]:
    return {change["id"]: change["action"] for change in content["changes"] if change["kind"] == "tracking_plan"}


def test_groups_are_made_before_what_extends_them(regulars: Regulars) -> None:
    regulars.write(f"{FOLDER}/zebra.yaml", "group: true\n")
    regulars.write(f"{FOLDER}/ant.yaml", "event: Ant Seen\nextends: [zebra]\n")

    ended = regulars("apply")

    assert ended.code == 0, ended.err
    assert acts(regulars.json("plan")) == dict.fromkeys(acts(regulars.json("plan")), "unchanged")


def test_an_event_may_move_to_another_file_and_its_group_may_go(applied: Regulars) -> None:
    applied.write(f"{FOLDER}/zebra.yaml", "group: true\n")
    applied.write(f"{FOLDER}/ant.yaml", "event: Ant Seen\nextends: [zebra]\n")
    applied("apply")
    for name in ("zebra", "ant"):
        (applied.folder / FOLDER / f"{name}.yaml").unlink()
    applied.write(f"{FOLDER}/bee.yaml", "event: Ant Seen\n")

    ended = applied("apply", "--prune", "--yes")

    assert ended.code == 0, ended.err
    assert acts(applied.json("plan"))["bee"] == "unchanged"
    assert acts(applied.json("plan")).keys().isdisjoint({"zebra", "ant"})


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("event: A\nextends: [nothing]\n", 2, "there is no group nothing"),
        ("event: Order Completed\n", 1, "is said by order_completed already"),
        ("event: A\nproperties:\n  properties:\n    a: {type: strin}\n", 4, "is no JSON Schema"),
        ("event: A\nproperties:\n  properties:\n    a: {pattern: '(?=x)'}\n", 4, "is no JSON Schema"),
        ("event: A\ntraits:\n  properties:\n    email: {x-privacy: none}\n", 4, "stays sealed"),
    ],
)
def test_says_where_a_plan_does_not_hold_together(regulars: Regulars, content: str, line: int, said: str) -> None:
    regulars.write(f"{FOLDER}/zebra.yaml", content)

    ended = regulars("plan")

    assert ended.code == 1
    assert said in ended.err
    assert f"{FOLDER}/zebra.yaml:{line}" in ended.err


def test_the_shop_follows_its_plan_and_what_does_not_is_counted(
    applied: Regulars, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Keys(applied.folder / ".regulars").get("web")
    good = a_track_call(properties={"product_id": "B-100", "price": 14.5, "currency": "EUR"})
    bad = [
        a_track_call(messageId=f"m-1{number}", properties={"price": "14.5"}, context={"app": {"version": "2.0"}})
        for number in range(3)
    ]
    httpx.post(f"{applied.platform.url}/v1/batch", json={**a_batch(good, *bad), "writeKey": key})
    monkeypatch.setattr("cli.tracking_plan.violations.today", lambda: date(2026, 1, 1))

    found = applied.json("tracking-plan", "violations")["violations"]
    ended = applied("tracking-plan", "violations", "--event", "Product Viewed", token="analyst")

    assert {(one["where"], one["rule"], one["release"]): one["count"] for one in found} == {
        ("properties.price", "type", "2.0"): 3,
        ("properties.product_id", "required", "2.0"): 3,
    }
    assert "6 violations" in ended.out


def test_says_that_everything_followed_the_plan(applied: Regulars) -> None:
    assert "everything followed the plan" in applied("tracking-plan", "violations", "--source", "web").out
