"""Every guard has somebody who notices when it is gone."""

from pathlib import Path

import pytest

from tests.mutation import GUARDS, ROOT, SELDOM, Guard, copy_to, notices, standing


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which guards may be switched off."""
    return copy_to(tmp_path_factory.mktemp("guards"))


OFTEN = [guard for guard in GUARDS if guard.name not in SELDOM]


@pytest.mark.parametrize("guard", OFTEN, ids=lambda guard: guard.name)
def test_the_suite_goes_red_without(guard: Guard, copy: Path) -> None:
    assert notices(guard, copy)


def test_every_guard_stands_where_it_is_said_to() -> None:
    for guard in GUARDS:
        assert guard.without != guard.code
        assert standing(guard, ROOT)


def test_who_is_tried_seldom_is_a_guard() -> None:
    assert {guard.name for guard in GUARDS} >= SELDOM
