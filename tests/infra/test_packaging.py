"""What is carried to Lambda: the locked packages, our library, and one file a function."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import browser_script
from infra.browser_script import _CopySdk
from infra.layers import ROOT, SERVICES
from infra.python_function import folder_of

EVERYTHING = ROOT / "requirements.lock"
LAYER = ROOT / "layers" / "dependencies" / "requirements.lock"
LAKE = ROOT / "layers" / "lake" / "requirements.lock"
PLANS = ROOT / "layers" / "plans" / "requirements.lock"
FUZZ = ROOT / "tests" / "fuzz" / "requirements.lock"
PEERS = ROOT / "benchmarks" / "requirements.lock"
ABOUT_THE_LAKE = ("archive", "compact", "erase")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CODE = (ROOT / "functions", ROOT / "layers" / "shared" / "python" / "regulars" / "adapters")


FUNCTIONS = sorted(path.parent for path in ROOT.glob("functions/*/handler.py"))
# A function is told its region by Lambda, and the rest only where it is deployed.
NO_CREDENTIALS = {"AWS_DEFAULT_REGION": "eu-west-1"}
IMPORTED = """
import sys
from importlib.metadata import packages_distributions

folder, library, *layer = sys.argv[1:]
known = packages_distributions()


class OnlyTheLayers:
    @staticmethod
    def find_spec(name, path=None, target=None):
        top = name.partition(".")[0]
        owners = {owner.lower().replace("_", "-") for owner in known.get(top, [])}
        if top in {"benchmarks", "cli", "functions", "infra", "local", "tests"} or (owners and not owners & {*layer}):
            raise ModuleNotFoundError(f"{name} is not in Lambda")


sys.meta_path.insert(0, OnlyTheLayers)
sys.path[:0] = folder, library
import handler

assert callable(handler.handler)
"""


def locked(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", lock.read_text(), re.MULTILINE))


def flattened(requirements: list[Any]) -> list[str]:
    """Take lists of requirements apart, and leave out that a group includes another."""
    parts = [part for each in requirements for part in (each if isinstance(each, list) else [each])]
    return [part for part in parts if isinstance(part, str)]


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[=><]", each)[0] for each in requirements}


def called_services() -> Iterator[str]:
    """Find every literal `….client("service")` and `….resource("service")` that functions can reach."""
    for path in (file for folder in CODE for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="client" | "resource" | "create_client"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    yield name


def test_the_layer_describes_every_service_that_is_called() -> None:
    assert set(called_services()) <= SERVICES


@pytest.mark.parametrize("lock", [EVERYTHING, LAYER, LAKE, PLANS, FUZZ, PEERS], ids=lambda path: path.parent.name)
def test_a_lock_has_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()

    assert text.count("==") <= text.count("--hash=sha256:")
    assert "://" not in text


def test_the_layer_holds_what_the_library_depends_on() -> None:
    assert names_of(PROJECT["project"]["dependencies"]) <= set(locked(LAYER))


def test_the_lock_holds_what_anybody_depends_on() -> None:
    project, groups = PROJECT["project"], dict(PROJECT["dependency-groups"])
    apart = {FUZZ: groups.pop("fuzz"), PEERS: groups.pop("peers")}  # have folders and locks of their own
    wanted = [*project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]

    assert names_of(flattened(wanted)) <= set(locked(EVERYTHING)), "cure: make lock"
    for lock, group in apart.items():
        assert names_of(group) <= set(locked(lock)), "cure: make lock"


@pytest.mark.parametrize("lock", [LAYER, LAKE, PLANS], ids=lambda path: path.parent.name)
def test_all_locks_agree(lock: Path) -> None:
    everything, layer = locked(EVERYTHING), locked(lock)

    assert {name: everything.get(name) for name in layer} == layer, "cure: make lock"


@pytest.mark.parametrize(("group", "lock"), [("lake", LAKE), ("plans", PLANS)])
def test_what_is_heavy_has_a_layer_of_its_own(group: str, lock: Path) -> None:
    assert names_of(PROJECT["dependency-groups"][group]) == set(locked(lock))
    assert not set(locked(lock)) & set(locked(LAYER))


def test_the_node_lock_holds_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_the_browser_sdk_travels_with_its_function(tmp_path: Path) -> None:
    _CopySdk(folder_of("serve_analytics")).try_bundle(str(tmp_path))

    files = {path.name for path in (tmp_path / "dist").iterdir()}
    assert (tmp_path / "handler.py").is_file()
    assert "standalone.js" in files
    assert len([name for name in files if ".bundle." in name]) == 8


def test_a_missing_browser_sdk_is_named_with_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_script, "_SDK", tmp_path)

    with pytest.raises(FileNotFoundError, match="make install"):
        _CopySdk(folder_of("serve_analytics")).try_bundle(str(tmp_path))


def test_a_function_without_a_handler_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"functions/juggle/handler\.py is missing"):
        folder_of("juggle")


@pytest.mark.parametrize("folder", FUNCTIONS, ids=lambda path: path.name)
def test_a_function_needs_nothing_but_the_layers(folder: Path) -> None:
    library = ROOT / "layers" / "shared" / "python"
    layers = [*locked(LAYER), *(locked(LAKE) if folder.name in ABOUT_THE_LAKE else ())]
    command = [sys.executable, "-I", "-c", IMPORTED, str(folder), str(library), "regulars", *layers]
    done = subprocess.run(command, env=NO_CREDENTIALS, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
