"""`regulars journey list`, `show`, `publish` and all that follows, against a platform."""

from types import SimpleNamespace
from typing import Any

import pytest

from regulars.domain.instants import SECOND
from tests.cli.conftest import Regulars

GREETING = """\
enter: {event: Signed Up, api: true}
purpose: newsletter
steps:
  - wait: 1 day
  - send: {channel: email, template: hello}
"""
TEMPLATE = "{channel: email, subject: Hello, text: 'Hello. No more letters: {{links.unsubscribe}}'}"
PATH = "catalog/journeys/greeting.yaml"


@pytest.fixture
def greeting(regulars: Regulars) -> Regulars:
    """The command beside a platform that has the draft of a greeting."""
    regulars.write(PATH, GREETING)
    regulars.write("catalog/templates/hello.yaml", TEMPLATE)
    assert regulars("apply").code == 0
    return regulars


def state(regulars: Regulars) -> list[tuple[int, str]]:
    found = regulars.json("journey", "show", "greeting")["versions"]
    return [(one["version"], one["state"]) for one in found]


def report(*places: tuple[str, int]) -> dict[str, Any]:
    """A report with so many who wait in steps."""
    return {"versions": [{"version": 1, "places": [{"step": step, "waiting": number} for step, number in places]}]}


def test_shows_what_publishing_changes_and_asks(greeting: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    unasked = greeting("journey", "publish", "greeting")
    monkeypatch.setattr("cli.session.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    refused = greeting("journey", "publish", "greeting", input="n\n")
    before = state(greeting)

    agreed = greeting("journey", "publish", "greeting", input="y\n")

    assert (unasked.code, refused.code, before) == (1, 1, [])
    assert "say --yes" in unasked.err
    assert "+ wait_1\n+ hello\n" in agreed.out
    assert "people enter version 1 now" in agreed.out
    assert state(greeting) == [(1, "live")]


def test_says_how_many_wait_in_steps_that_go(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")
    greeting.write(PATH, GREETING.replace("  - wait: 1 day\n", ""))
    greeting("apply")
    greeting.platform.pages["GET /v1/journeys/greeting/report"] = report(("wait_1", 1_204), ("hello", 3))

    shown = greeting("journey", "show", "greeting")
    published = greeting("journey", "publish", "greeting", "--yes")

    assert "- wait_1: 1,204 passages in it, which stay on their version" in shown.out
    assert "- wait_1: 1,204 passages" in published.out
    assert "hello" not in published.out
    assert state(greeting) == [(2, "live"), (1, "draining")]


def test_is_published_where_no_report_can_be_had(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")
    greeting.write(PATH, GREETING.replace("  - wait: 1 day\n", ""))
    greeting("apply")
    greeting.platform.fault = lambda _method, path: (422, {}) if path.endswith("/report") else None

    published = greeting("journey", "publish", "greeting", "--yes")

    assert published.code == 0
    assert "- wait_1\n" in published.out
    assert "how many wait there is not known" in published.err


def test_a_draft_that_is_published_is_not_published_again(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")

    assert "already: this very draft is published" in greeting("journey", "publish", "greeting", "--yes").out


def test_a_template_that_there_is_not_is_said_with_its_cure(greeting: Regulars) -> None:
    greeting.write(PATH, GREETING.replace("hello", "good_bye"))
    greeting("apply")

    refused = greeting("journey", "publish", "greeting", "--yes")

    assert refused.code == 1
    assert "there is none: write catalog/templates/good_bye.yaml" in refused.err


def test_leads_a_journey_through_its_life(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")
    lives = []
    for deed, *options in (("pause",), ("resume",), ("drain", "--yes"), ("stop", "--yes"), ("archive",)):
        assert greeting("journey", deed, "greeting", *options).code == 0
        lives.append(state(greeting))

    assert lives == [[(1, one)] for one in ("paused", "live", "draining", "stopped", "archived")]
    assert "nobody: archived" in greeting("journey", "list").out


@pytest.mark.parametrize("deed", ["drain", "stop"])
def test_what_cannot_be_taken_back_is_asked_for(greeting: Regulars, deed: str) -> None:
    greeting("journey", "publish", "greeting", "--yes")

    assert "say --yes" in greeting("journey", deed, "greeting").err
    assert state(greeting) == [(1, "live")]


def test_says_what_to_do_where_the_state_is_another(greeting: Regulars) -> None:
    refused = greeting("journey", "pause", "greeting")

    assert (refused.code, "publish it first" in refused.err) == (1, True)
    assert "no journey has this id" in greeting("journey", "pause", "none").err


def test_lets_somebody_in(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")
    workspace = greeting.platform.workspace
    workspace.world.advance(workspace.world.clock.now + SECOND)
    workspace.send({"type": "identify", "userId": "ann", "traits": {"plan": "gold"}}, source="web")
    said = ("journey", "enter", "greeting", "user_id:ann", "--key", "order-7", "--property", "order_id=order-7")

    entered, again = (greeting(*said, "--message-id", "m-1") for _ in range(2))

    assert entered.code == 0, entered.err
    assert "may enter greeting: m-1" in entered.out
    assert "asked for before" in again.out
    assert [one["enter"]["key"] for one in workspace.wanted.sent] == ["order-7"] * 2
    assert greeting("journey", "enter", "greeting", "user_id:ann", "--property", "order").code == 2


def test_a_pruned_journey_is_one_that_nobody_goes_through(greeting: Regulars) -> None:
    greeting("journey", "publish", "greeting", "--yes")
    (greeting.folder / PATH).unlink()

    refused = greeting("apply", "--prune", "--yes")
    for deed in ("stop", "archive"):
        greeting("journey", deed, "greeting", *(["--yes"] if deed == "stop" else []))

    assert "version 1 of it is live: stop and archive the journey first" in refused.err
    assert greeting("apply", "--prune", "--yes").code == 0
    assert "greeting" not in greeting("journey", "list").out


def test_a_marketer_publishes_and_an_analyst_looks(greeting: Regulars) -> None:
    looked = greeting("journey", "show", "greeting", token="analyst")
    refused = greeting("journey", "publish", "greeting", "--yes", token="analyst")
    published = greeting("journey", "publish", "greeting", "--yes", token="marketer")

    assert (looked.code, refused.code, published.code) == (0, 1, 0)
    assert "journeys:publish" in refused.err


def test_all_journeys_of_the_catalog_can_be_published(applied: Regulars) -> None:
    ids = [one["id"] for one in applied.json("journey", "list")]

    published = {id: applied("journey", "publish", id, "--yes") for id in ids}

    assert len(ids) == 6
    assert {id: ended.err for id, ended in published.items() if ended.code} == {}
    assert len(applied.platform.workspace.machines.made) == 6
