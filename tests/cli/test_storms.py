"""What ties too many together, at the command line."""

import pytest

from tests.cli.conftest import Regulars
from tests.functions.test_storms import RULES, SHARED, visit


@pytest.fixture
def stormy(applied: Regulars) -> Regulars:
    """A workspace in which an office's address was held."""
    workspace = applied.platform.workspace
    workspace.world.define("identity", "rules", RULES)
    workspace.send(*map(visit, range(8)))
    return applied


def test_lists_what_is_held_and_what_to_do(stormy: Regulars) -> None:
    ended = stormy("identity", "held")

    assert SHARED in ended.out
    assert "regulars identity heal" in ended.err


def test_heals_and_lets_go(stormy: Regulars) -> None:
    [held] = stormy.json("identity", "held")["held"]

    assert stormy("identity", "heal", held["id"], input="n\n").code == 1
    assert "5 ties cut" in stormy("identity", "heal", held["id"], "--yes").out
    assert stormy("identity", "let-go", held["id"]).code == 0
    assert "nothing is held" in stormy("identity", "held").out
