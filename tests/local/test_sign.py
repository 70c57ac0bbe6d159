"""One platform a checkout, and a sign that is whole whenever it is there."""

import json
import os
from pathlib import Path

import pytest

from local.platform import sign
from local.platform.errors import PlatformError
from local.platform.folders import Folders


def test_a_second_platform_of_a_checkout_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    first, second = sign.Lock(folders), sign.Lock(folders)
    first.take()
    sign.show(folders, {"url": "http://127.0.0.1:1"})

    with pytest.raises(PlatformError, match=r"runs already, at http://127\.0\.0\.1:1"):
        second.take()

    first.release()
    second.take()
    second.release()


def test_another_checkout_may_run_beside(tmp_path: Path) -> None:
    locks = [sign.Lock(Folders(tmp_path / name)) for name in ("one", "two")]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()

    for lock in locks:
        lock.take()

    for lock in locks:
        lock.release()


def test_the_sign_names_its_process_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folders = Folders(tmp_path)

    sign.show(folders, {"url": "u"})

    assert json.loads(folders.sign.read_text()) == {"url": "u", "pid": os.getpid()}
    assert folders.sign.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("*.tmp")) == []


def test_a_fresh_start_keeps_nothing_but_what_was_synthesized(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.make(fresh=False)
    folders.assembly.mkdir()
    for kept in (folders.state / "sqs.json", folders.sign, folders.running, tmp_path / "keys.json"):
        kept.write_text("{}")

    folders.make(fresh=True)

    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["cdk.out", "logs", "state", "tmp"]


def test_the_folder_is_for_its_owner_only_whoever_made_it(tmp_path: Path) -> None:
    for home in (tmp_path / "new" / ".regulars", tmp_path / "old"):
        (tmp_path / "old").mkdir(mode=0o755, exist_ok=True)
        Folders(home).make(fresh=False)

        assert home.stat().st_mode & 0o777 == 0o700
