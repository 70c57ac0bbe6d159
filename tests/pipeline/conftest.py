"""A door on an empty workspace in memory, and a clock that stands still."""

import pytest

from local.world.memory import MemoryDatabase
from tests.pipeline.front_door import FrontDoor


@pytest.fixture
def front_door() -> FrontDoor:
    """A door with one source, `web`."""
    return FrontDoor(MemoryDatabase())
