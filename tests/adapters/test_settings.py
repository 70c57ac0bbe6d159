"""Where things are: said by the environment, or else by a default that imports anywhere."""

import pytest

from regulars.adapters import settings
from regulars.stores.database import KEYS


def test_every_table_has_its_bare_name_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTS_TABLE", "Data-events-X1")

    assert [settings.table(name) for name in KEYS] == ["Data-events-X1", *list(KEYS)[1:]]


def test_everything_else_has_a_default() -> None:
    named = (settings.evaluations_queue(), settings.event_bus(), settings.workspace_cmk(), settings.stage())

    assert named == ("evaluations", "default", "alias/regulars", "dev")


def test_state_machines_of_journeys_ask_the_functions_of_this_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_STEP", "arn:aws:lambda:step")

    assert settings.journey_role() == "journey"
    assert settings.journey_functions() == {"journey_step": "arn:aws:lambda:step", "deliver": "deliver"}


def test_the_environment_is_read_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("EVALUATIONS_QUEUE", "EVENT_BUS", "WORKSPACE_CMK", "STAGE"):
        monkeypatch.setenv(variable, f"my {variable}")

    named = (settings.evaluations_queue(), settings.event_bus(), settings.workspace_cmk(), settings.stage())
    assert named == ("my EVALUATIONS_QUEUE", "my EVENT_BUS", "my WORKSPACE_CMK", "my STAGE")
