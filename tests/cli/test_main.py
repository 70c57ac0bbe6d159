"""What all commands share: where the platform is found, options that stand anywhere, help, and the reference."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.errors import UserError
from cli.main import app
from cli.place import find_place
from cli.reference import PAGE, reference
from tests.cli.conftest import Regulars

SIGN = {"url": "http://127.0.0.1:5000", "tokens": {"admin": "running"}}
FAILED = {
    "key": "aws/lambda/x/1",
    "timestamp": "2026-01-01T00:00:00.000+00:00",
    "requestContext": {
        "functionArn": "arn:aws:lambda:eu-central-1:000000000000:function:regulars-fold",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 4,
    },
    "DDBStreamBatchInfo": {"batchSize": 7},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below one in which a platform runs."""
    (tmp_path / ".regulars").mkdir()
    (tmp_path / ".regulars" / "local.json").write_text(json.dumps(SIGN))
    below = tmp_path / "some" / "where"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return tmp_path


def test_finds_the_platform_that_runs_here(folder: Path) -> None:
    place = find_place(None, None, {})

    assert (place.root, place.url, place.token) == (folder, "http://127.0.0.1:5000", "running")


@pytest.mark.usefixtures("folder")
def test_believes_options_over_the_environment_over_what_runs() -> None:
    environment = {"REGULARS_URL": "https://env", "REGULARS_TOKEN": "env"}

    assert (find_place(None, None, environment).url, find_place(None, None, environment).token) == (
        "https://env",
        "env",
    )
    assert (find_place("https://said", "said", environment).url) == "https://said"
    assert find_place("https://said", "said", environment).token == "said"


@pytest.mark.usefixtures("folder")
def test_never_sends_the_local_token_elsewhere() -> None:
    assert find_place("https://example.com", None, {}).token is None
    assert find_place("http://127.0.0.1:5000/", None, {}).token == "running"


def test_takes_the_token_of_a_role_of_the_platform_here(folder: Path) -> None:
    tokens = {"admin": "running", "marketer": "mine"}
    (folder / ".regulars" / "local.json").write_text(json.dumps({**SIGN, "tokens": tokens}))

    assert find_place(None, None, {"REGULARS_TOKEN": "env"}, role="marketer").token == "mine"
    with pytest.raises(UserError, match="there is no role boss"):
        find_place(None, None, {}, role="boss")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("url", "token", "complaint"),
    [("https://example.com", None, "on this machine"), (None, "said", "both say who you are")],
)
def test_refuses_a_role_that_no_platform_here_gives(url: str | None, token: str | None, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        find_place(url, token, {}, role="admin")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("url", ["http://example.com", "ftp://example.com", "example.com", ""])
def test_refuses_an_address_that_is_none_or_not_safe(url: str) -> None:
    place = find_place(url or None, None, {"REGULARS_URL": "nonsense"})

    with pytest.raises(UserError):
        place.must_have_url()


def test_says_what_to_do_where_no_platform_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").mkdir()

    ended = CliRunner(env={"REGULARS_URL": "", "REGULARS_TOKEN": ""}).invoke(app, ["segment", "list"])

    assert (ended.exit_code, "make dev" in ended.stderr) == (1, True)


def test_says_that_a_file_of_this_machine_is_broken(folder: Path) -> None:
    (folder / ".regulars" / "local.json").write_text("{")

    ended = CliRunner().invoke(app, ["plan"])

    assert (ended.exit_code, "is no JSON that can be read" in ended.stderr) == (1, True)


def test_takes_common_options_after_the_command(regulars: Regulars) -> None:
    url = regulars.platform.url
    arguments = ["segment", "list", "--json", f"--url={url}", "--token", "admin"]

    ended = CliRunner(env={"REGULARS_URL": "http://127.0.0.1:1"}).invoke(app, arguments)

    assert json.loads(ended.stdout) == {"segments": []}


def test_says_how_a_refused_role_gets_further(applied: Regulars) -> None:
    ended = applied("source", "keys", "mint", "store", token="analyst")

    assert (ended.code, "ask an admin" in ended.err) == (1, True)


def test_says_the_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.startswith("regulars ")


def test_the_written_reference_is_what_help_says() -> None:
    assert PAGE.read_text() == reference(), "cure: .venv/bin/python -m cli.reference"


def test_every_command_shows_an_example() -> None:
    pages = reference().split("\n## ")[1:]

    assert all("Examples:" in page for page in pages if "\nCommands:" not in page)
    assert sum("Examples:" in page for page in pages) >= 8


def test_redrives_what_was_given_up(regulars: Regulars) -> None:
    regulars.platform.pages = {
        "GET /_local/on-failure": {"objects": [FAILED]},
        "POST /_local/redrive": {"refolded": 1},
    }

    ended = regulars("redrive")

    assert (ended.code, "1 object, done again" in ended.out) == (0, True)
    assert regulars.json("redrive")["redriven"] == {"refolded": 1}


def test_lists_what_was_given_up(regulars: Regulars) -> None:
    regulars.platform.pages = {"GET /_local/on-failure": {"objects": [FAILED]}}

    out = regulars("redrive", "--dry-run").out

    told = " ".join(out.split())  # a narrow terminal breaks lines
    assert all(word in told for word in ("2026-01-01", "regulars-fold", "RetryAttemptsExhausted"))
    assert ("POST", "/_local/redrive") not in regulars.platform.asked


def test_says_that_the_platform_cannot_redrive(regulars: Regulars) -> None:
    regulars.platform.pages = {"GET /_local/on-failure": {"objects": [FAILED]}}

    assert "has no POST /_local/redrive" in regulars("redrive").err


def test_redrives_nothing_elsewhere(regulars: Regulars) -> None:
    assert "on the platform of this machine only" in regulars("redrive", "--url", "https://example.com").err
