"""The emulator's Step Functions leads where journeys do: some of what `make soak` tries."""

from pathlib import Path

import pytest

from tests.local.emulated_machines import trial

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
JOURNEYS = 200


def test_the_emulated_step_functions_leads_where_journeys_do(tmp_path: Path) -> None:
    number, faults = trial(tmp_path, 1, JOURNEYS)

    assert number >= 0.9 * JOURNEYS
    assert faults == []
