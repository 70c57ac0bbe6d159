"""`make doctor` tells of the platform of this checkout: running, gone, ended hard."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.platform import running, sign
from local.platform.folders import Folders
from local.platform.running import look_at_platform


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


@pytest.fixture
def held(folders: Folders) -> Iterator[None]:
    lock = sign.Lock(folders)
    lock.take()
    yield
    lock.release()


def show(folders: Folders) -> None:
    sign.show(folders, {"url": "http://127.0.0.1:1"})


def answering(monkeypatch: pytest.MonkeyPatch, objects: int) -> None:
    answers: dict[str, Any] = {
        "settle?timeout=0": {"pending": 3, "deferred": objects * 2},
        "on-failure": {"objects": [{}] * objects},
    }
    monkeypatch.setattr(running, "_asked", lambda url: answers[url.rsplit("/", 1)[1]])


def test_nothing_runs(folders: Folders) -> None:
    assert look_at_platform(folders).found == "not running"


@pytest.mark.usefixtures("held")
def test_a_running_platform_is_told_with_its_address(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    show(folders)
    answering(monkeypatch, objects=0)

    found = look_at_platform(folders)

    assert found.good
    assert found.found.startswith(f"running, pid {os.getpid()}, http://127.0.0.1:1; 3 pending, 0 deferred")


@pytest.mark.usefixtures("held")
def test_what_was_given_up_is_told_with_its_cure(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    show(folders)
    answering(monkeypatch, objects=2)

    line = look_at_platform(folders).line()

    assert "4 deferred in 2 on-failure objects" in line
    assert line.endswith("then: .venv/bin/regulars redrive")


@pytest.mark.usefixtures("held")
def test_a_platform_that_does_not_answer_is_told(folders: Folders) -> None:
    show(folders)

    assert "does not answer" in look_at_platform(folders).found


def test_a_sign_without_its_process_is_told(folders: Folders) -> None:
    show(folders)

    found = look_at_platform(folders)

    assert (found.found, found.cure) == ("local.json is there but its process is gone", "make dev")


def test_a_hard_end_is_told(folders: Folders) -> None:
    folders.running.touch()

    assert look_at_platform(folders).found == "ended hard the last time"


@pytest.mark.usefixtures("held")
def test_a_start_that_is_not_yet_done_is_told(folders: Folders) -> None:
    assert look_at_platform(folders).found == "starting or stopping"
