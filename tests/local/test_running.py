"""`make doctor` tells of the platform of this checkout: running, gone, ended hard."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.platform import running
from local.platform.folders import Folders
from local.platform.running import look_at_platform


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


@pytest.fixture(scope="module")
def gone() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def sign(folders: Folders, pid: int) -> None:
    folders.sign.write_text(json.dumps({"url": "http://127.0.0.1:1", "pid": pid}))


def answering(monkeypatch: pytest.MonkeyPatch, objects: int) -> None:
    answers: dict[str, Any] = {
        "settle?timeout=0": {"pending": 3, "deferred": objects * 2},
        "on-failure": {"objects": [{}] * objects},
    }
    monkeypatch.setattr(running, "_asked", lambda url: answers[url.rsplit("/", 1)[1]])


def test_nothing_runs(folders: Folders) -> None:
    assert look_at_platform(folders).found == "not running"


def test_a_running_platform_is_told_with_its_address(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(folders, os.getpid())
    answering(monkeypatch, objects=0)

    found = look_at_platform(folders)

    assert found.good
    assert found.found.startswith(f"running, pid {os.getpid()}, http://127.0.0.1:1; 3 pending, 0 deferred")


def test_what_was_given_up_is_told_with_its_cure(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(folders, os.getpid())
    answering(monkeypatch, objects=2)

    line = look_at_platform(folders).line()

    assert "4 deferred in 2 on-failure objects" in line
    assert line.endswith("then: .venv/bin/regulars redrive")


def test_a_platform_that_does_not_answer_is_told(folders: Folders) -> None:
    sign(folders, os.getpid())

    assert "does not answer" in look_at_platform(folders).found


def test_a_sign_without_its_process_is_told(folders: Folders, gone: int) -> None:
    sign(folders, gone)

    found = look_at_platform(folders)

    assert (found.found, found.cure) == ("local.json is there but its process is gone", "make dev")


def test_a_hard_end_is_told(folders: Folders, gone: int) -> None:
    folders.running.write_text(str(gone))

    assert look_at_platform(folders).found == "ended hard the last time"


def test_a_start_that_is_not_yet_done_is_told(folders: Folders) -> None:
    folders.running.write_text(str(os.getpid()))

    assert look_at_platform(folders).found == f"starting or stopping, pid {os.getpid()}"
