"""What sealing costs in units: of known people nothing is written more, of a new one its key."""

import pytest

from benchmarks.encryption import MIXES, units


@pytest.mark.parametrize("mix", MIXES)
def test_sealing_writes_one_key_for_each_new_person_and_nothing_else(mix: str) -> None:
    costs = {cost.unit: cost for cost in units(mix)}

    more = costs["write units"].sealed - costs["write units"].clear
    assert more == pytest.approx(1.0 if "new" in mix else 0.0)
    assert costs["read units"].ratio < 1.5
    assert costs["bytes of events"].clear < costs["bytes of events"].sealed < 1.5 * costs["bytes of events"].clear
