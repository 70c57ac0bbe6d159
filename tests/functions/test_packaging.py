"""A function runs from its own file, the shared layer and the locked packages, and from nothing else."""

import json
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
LAYER = ROOT / "layers/shared/python"
PACKAGES = sysconfig.get_paths()["purelib"]
LOCKS = sorted((ROOT / "layers").glob("*/requirements.lock"))  # tests/infra says who has which

# Without `site`, no editable install can bring in the rest of the repository.
IMPORT = """
import json, sys
sys.path += json.loads(sys.argv[1])
import handler
assert callable(handler.handler)
places = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print(json.dumps(places))
"""
NO_CLIENT = """
import gc, json, sys
sys.path += json.loads(sys.argv[1])
import handler
from botocore.client import BaseClient
assert not [thing for thing in gc.get_objects() if isinstance(thing, BaseClient)], "a client stands ready"
"""
OPTIONAL = {"certifi"}  # botocore takes it where it is there, and brings its own certificates where it is not


def start(function: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script where a function's file, the layer and the packages can be imported."""
    paths = [str(ROOT / "functions" / function), str(LAYER), PACKAGES]
    command = [sys.executable, "-I", "-S", "-c", script, json.dumps(paths)]
    return subprocess.run(command, env={}, capture_output=True, text=True, timeout=60, check=False)


def imported(function: str) -> dict[str, str]:
    """Import a handler as Lambda does, with nothing in the environment; give the file of every module."""
    run = start(function, IMPORT)
    assert run.returncode == 0, run.stderr
    places: dict[str, str] = json.loads(run.stdout)
    return places


@pytest.mark.parametrize("function", FUNCTIONS)
def test_imports_from_its_file_the_layer_and_the_locked_packages(function: str) -> None:
    places = imported(function)

    from_packages = {name.split(".")[0] for name, place in places.items() if place.startswith(PACKAGES)}
    distributions = packages_distributions()
    used = {_normal(distribution) for name in from_packages for distribution in distributions.get(name, [])}
    assert used <= locked() | OPTIONAL
    ours = [place for place in places.values() if place.startswith(str(ROOT)) and not place.startswith(PACKAGES)]
    assert {place for place in ours if not place.startswith(str(LAYER))} == {
        str(ROOT / "functions" / function / "handler.py")
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_makes_no_client_before_it_is_called(function: str) -> None:
    run = start(function, NO_CLIENT)

    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("function", FUNCTIONS)
def test_is_one_file_of_a_page(function: str) -> None:
    folder = ROOT / "functions" / function

    assert {path.name for path in folder.glob("*.py")} == {"__init__.py", "handler.py"}
    assert (folder / "__init__.py").read_text() == ""
    assert len((folder / "handler.py").read_text().splitlines()) <= 90


def locked() -> set[str]:
    """The packages that the layer of dependencies carries."""
    text = "".join(lock.read_text() for lock in LOCKS)
    return {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
