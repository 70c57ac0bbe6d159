"""A start waits until the emulator of the last run has saved, and says what to do if it never does."""

import threading
import time
from pathlib import Path

import pytest

from local.platform import one_emulator
from local.platform.errors import PlatformError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "emulator.lock"


def test_nothing_is_waited_for_after_a_clean_end(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one_emulator.wait_for_the_last(file, 0)
    one_emulator.hold(file, 1).close()
    one_emulator.wait_for_the_last(file, 0)

    assert capsys.readouterr().out == ""


def test_a_start_waits_for_the_emulator_of_the_last_run(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = one_emulator.hold(file, 1)
    threading.Timer(0.3, held.close).start()
    begin = time.monotonic()
    one_emulator.wait_for_the_last(file, 10)

    assert 0.3 <= time.monotonic() - begin < 5
    assert "let the last run save" in capsys.readouterr().out


def test_one_that_does_not_end_is_named_with_what_to_do(file: Path) -> None:
    held = one_emulator.hold(file, 4711)

    with pytest.raises(PlatformError, match="as process 4711") as refused:
        one_emulator.wait_for_the_last(file, 0)
    assert "kill 4711; then: make dev" in refused.value.report()
    held.close()


def test_two_emulators_never_work_on_one_state(file: Path) -> None:
    held = one_emulator.hold(file, 1)

    with pytest.raises(BlockingIOError):
        one_emulator.hold(file, 2)
    held.close()
    one_emulator.hold(file, 2).close()

    assert file.read_text() == "2"
