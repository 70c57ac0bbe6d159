"""One emulator for all tests that need one, with its overlay, on a free port."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.platform.clients import Clients
from local.platform.emulator import Emulator
from local.platform.folders import Folders

Deploy = Callable[[str, str], str]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folders = Folders(tmp_path_factory.mktemp("platform"))
    folders.make(fresh=True)
    emulator = Emulator(folders)
    emulator.start()
    yield emulator
    emulator.kill()


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.endpoint)


@pytest.fixture(scope="session")
def function(clients: Clients) -> Deploy:
    """Make a Lambda function of a name and its code, and return the name."""

    def make(name: str, code: str) -> str:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("handler.py", code)
        clients.of("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Role="arn:aws:iam::000000000000:role/any",
            Handler="handler.handler",
            Code={"ZipFile": file.getvalue()},
            Timeout=10,
        )
        return name

    return make


@pytest.fixture
def invoke(clients: Clients) -> Callable[[str], Any]:
    """Invoke a function and return its answer, with `failed` beside it."""

    def call(name: str, event: object = None) -> Any:
        answer = clients.of("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}))
        return "FunctionError" in answer, json.loads(answer["Payload"].read())

    return call
