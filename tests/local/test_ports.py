"""The front keeps its port from one run to the next, and says early when it cannot have the one asked for."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.platform import ports
from local.platform.emulator import HOST, free_port
from local.platform.errors import PlatformError
from local.platform.folders import Folders


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)


def test_the_port_of_the_last_run_is_taken_again(tmp_path: Path) -> None:
    folders, port = Folders(tmp_path), free_port()
    ports.remember(folders, port)

    assert ports.choose(folders) == port


def test_a_port_that_is_taken_meanwhile_is_not_waited_for(tmp_path: Path, taken: int) -> None:
    folders = Folders(tmp_path)
    ports.remember(folders, taken)

    assert ports.choose(folders) not in {0, taken}


def test_the_first_run_takes_a_free_port(tmp_path: Path) -> None:
    assert ports.choose(Folders(tmp_path)) > 0


def test_a_port_that_is_asked_for_goes_before_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders, asked = Folders(tmp_path), free_port()
    ports.remember(folders, free_port())
    monkeypatch.setenv("PORT", str(asked))

    assert ports.choose(folders) == asked


@pytest.mark.parametrize("asked", ["", "eighty", "70000", "-1"])
def test_a_port_that_cannot_be_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int, asked: str
) -> None:
    monkeypatch.setenv("PORT", asked or str(taken))

    with pytest.raises(PlatformError) as refused:
        ports.choose(Folders(tmp_path))

    assert refused.value.cure == "PORT=0 make dev takes a free one"
