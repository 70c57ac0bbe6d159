"""Every guard has somebody who notices when it is gone."""

from pathlib import Path

import pytest

from tests.mutation import GUARDS, Guard, copy_to, notices


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which guards may be switched off."""
    return copy_to(tmp_path_factory.mktemp("guards"))


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_suite_goes_red_without(guard: Guard, copy: Path) -> None:
    assert notices(guard, copy)
