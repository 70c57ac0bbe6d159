"""What the door has acknowledged is stored once, whatever fails, wherever it fails."""

from tests.world.door_trial import trial

TRIALS = 1_000


def test_nothing_acknowledged_is_lost_or_stored_twice_with_faults_at_every_step() -> None:
    faults = [f"seed {seed}: {fault}" for seed in range(TRIALS) for fault in trial(seed)]

    assert faults == []
