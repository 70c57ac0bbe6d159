"""`regulars journey report`: what a journey has come to, in tables and sentences."""

import pytest

from cli.journeys.words import bar, listed
from tests.cli.conftest import Regulars
from tests.functions.test_journey_reports_api import DEFINITION, LIVES, files, published


@pytest.fixture
def shop(regulars: Regulars) -> Regulars:
    """A journey that six hundred people entered."""
    workspace = regulars.platform.workspace
    workspace.world.define("journey", "welcome", DEFINITION)
    published(workspace)
    workspace.world.clock.advance_to(workspace.world.clock.now + 200 * 86_400_000_000)
    workspace.lake.content |= files()
    return regulars


def test_shows_each_step_with_a_bar_and_what_came_of_it(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = shop("journey", "report", "welcome").out

    assert "welcome, version 1 (live)" in said
    assert "600 passages of 600 profiles" in said
    assert next(line for line in said.splitlines() if line.startswith("wait_1")).count("█") == 16
    assert "not sent: consent" in said


def test_says_in_words_what_difference_it_makes(shop: Regulars) -> None:
    said = shop("journey", "report", "welcome", "--version", "1").out

    held_out = sum(life.passage.ending == "held_out" for life in LIVES)
    assert f"of {600 - held_out})" in said
    assert "of those held out" in said
    assert "points (95 %:" in said
    assert "short beside long:" in said
    assert "look" in said


def test_of_too_few_it_says_so(shop: Regulars) -> None:
    said = shop("journey", "report", "welcome", "--until", "2026-01-10").out

    assert "too few to tell: it takes 100 people" in said
    assert "points" not in said


def test_says_who_waits_at_steps_that_the_draft_has_no_more(shop: Regulars) -> None:
    shop.platform.workspace.world.define("journey", "welcome", {**DEFINITION, "steps": [{"wait": "2 days"}]})

    assert "waiting at steps that the draft has no more: " in shop("journey", "report", "welcome").out


def test_programs_get_what_the_api_says(shop: Regulars) -> None:
    found = shop.json("journey", "report", "welcome", "--since", "2026-02-01")

    assert found["since"] == "2026-02-01T00:00:00.000000Z"
    assert found["versions"][0]["entered"] < 600


def test_what_was_never_published_has_nothing_to_show(shop: Regulars) -> None:
    shop.platform.workspace.world.define("journey", "fresh", DEFINITION)

    assert "no version was published yet" in shop("journey", "report", "fresh").err


@pytest.mark.parametrize("id", ["none", "../segments", "a/b", "welcome?version=9"])
def test_a_journey_that_there_is_not_is_said_to_be_missing(shop: Regulars, id: str) -> None:
    said = shop("journey", "report", id)

    assert said.code != 0
    assert "error:" in said.err


@pytest.mark.parametrize(
    ("part", "whole", "drawn"), [(0, 0, ""), (0, 8, ""), (8, 8, "████"), (1, 8, "▌"), (9, 8, "████"), (5, 8, "██▌")]
)
def test_a_bar_is_as_long_as_its_part(part: int, whole: int, drawn: str) -> None:
    assert bar(part, whole, 4).rstrip() == drawn
    assert len(bar(part, whole, 4)) == 4


def test_counts_are_listed_the_most_first_and_in_words() -> None:
    assert listed({"again": 2, "when": 5, "other": 0}) == "the condition was not true 5, entered before 2"
    assert listed({}) == "none"
