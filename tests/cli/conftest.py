"""A workspace folder with the catalog in it, a platform to speak to, and the command to run in it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.lake import bucket
from cli.main import app
from local.world.world import START
from regulars.domain.instants import DAY
from tests.cli.lakes import s3
from tests.cli.platform import Platform, running

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document that it wrote."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Regulars:
    """Runs the command in a folder, against a platform."""

    folder: Path
    platform: Platform

    def __call__(self, *arguments: str, token: str = "admin", input: str | None = None) -> Ended:
        environment = {"REGULARS_URL": self.platform.url, "REGULARS_TOKEN": token}
        result = CliRunner(env=environment).invoke(app, arguments, input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: str) -> Any:
        """Run a command that ends well; return its document."""
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        return ended.data

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform without definitions."""
    with running() as platform:
        yield platform


@pytest.fixture
def regulars(tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Regulars:
    """The command, in a folder with a copy of the catalog."""
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    monkeypatch.chdir(tmp_path)
    return Regulars(tmp_path, platform)


@pytest.fixture
def applied(regulars: Regulars) -> Regulars:
    """The command, in a folder whose catalog is live."""
    assert regulars("apply").code == 0
    return regulars


@pytest.fixture
def lake(aws: None, applied: Regulars, monkeypatch: pytest.MonkeyPatch) -> Regulars:
    """The command beside a platform of this machine, whose catalog is live, with an empty lake."""
    del aws
    s3().create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    sign = {"url": applied.platform.url, "tokens": {}, "lake": "lake", "aws_endpoint": "https://s3.example"}
    applied.write(".regulars/local.json", json.dumps(sign))
    applied.platform.pages["GET /_local/settle"] = {"settled": True}
    monkeypatch.setattr(bucket, "_client_of_this_machine", lambda _endpoint: s3())
    monkeypatch.setattr("cli.lake.engine.now", lambda: START + DAY)
    monkeypatch.setattr("cli.tracking_plan.traffic.since", lambda _days: "2025-12-31")
    return applied
