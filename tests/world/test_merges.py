"""Law two: the partition is that of the events, however many workers tie identifiers together at once."""

import pytest

from regulars.domain.identity_rules import DEFAULT_RULES
from tests.world.merges import LIFTED, trial


@pytest.mark.parametrize("workers", [2, 5, 20, 50])
def test_with_limits_lifted_profiles_are_the_components_of_the_events(workers: int) -> None:
    wrong = {seed: found for seed in range(2_000 // workers) if (found := trial(seed, workers=workers, rules=LIFTED))}

    assert wrong == {}


@pytest.mark.parametrize("workers", [2, 5, 20, 50])
def test_with_limits_on_no_profile_exceeds_one_and_every_identifier_has_one_home(workers: int) -> None:
    wrong = {
        seed: found for seed in range(2_000 // workers) if (found := trial(seed, workers=workers, rules=DEFAULT_RULES))
    }

    assert wrong == {}
