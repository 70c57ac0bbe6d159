"""The soak ends with 1 when anything was wrong, and keeps what it found."""

import json
from pathlib import Path

import pytest

from benchmarks import soak
from tests.world import chaos_trial
from tests.world.chaos_trial import Outcome


def only(**numbers: int) -> list[str]:
    """Ask for these alone: what is left out takes hours."""
    return [f"--{name}={number}" for name, number in (dict.fromkeys(soak.NUMBERS, 0) | numbers).items()]


def test_a_short_soak_finds_nothing_and_keeps_its_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "REPORT", tmp_path / "kept" / "soak.json")

    numbers = {"events": 1200, "schedules": 12, "doors": 9, "trees": 3, "people": 5, "machines": 20, "emulated": 0}

    assert soak.main(only(**numbers, passages=20, identifiers=60, seed=70)) == 0

    kept = json.loads(soak.REPORT.read_text())
    assert (kept["events"], kept["schedules"], kept["doors"], kept["seeds"]) == (1200, 12, 9, [70, 71])
    assert (kept["trees"], kept["cases"], kept["people"]) == (3, 300, 5)
    assert (kept["machines"], kept["emulated"]) == (20, 0)
    assert kept["passages"] >= 20
    assert kept["sent"] > 0
    assert (kept["identifiers"], kept["erased"]) == (60, 117)
    assert (kept["lost"], kept["doubled"], kept["wrong"], kept["faults"]) == (0, 0, 0, [])


def test_one_lost_event_ends_it_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(soak, "REPORT", tmp_path / "soak.json")
    outcome = Outcome(
        events=10, invocations=1, refolds=0, merges=0, announced=0, lost=1, doubled=0, faults=["given up: 1 records"]
    )
    monkeypatch.setattr(chaos_trial, "trial", lambda _seed, _size: outcome)

    assert soak.main(only(events=10, seed=5)) == 1
    assert "seed 5 of 10 events: 1 lost, 0 doubled" in capsys.readouterr().out
