"""The page for those who send names every SDK that is tried, in the version that is tried."""

import json
import re
from pathlib import Path

from tests.sdks.menagerie import BROWSERS, SERVERS
from tests.sdks.sdk import ROOT, ZOO

_ROW = re.compile(r"^\| `([^`]+)` \| (\d[^ ]*) \| (.+) \|$", re.MULTILINE)
_PIN = re.compile(r"^([a-z-]+)==([^ ]+)", re.MULTILINE)


def locked() -> dict[str, str]:
    """The version of every package of the locks."""
    packages = json.loads((ZOO / "package-lock.json").read_text())["packages"]
    npm = {path.removeprefix("node_modules/"): str(each.get("version")) for path, each in packages.items()}
    locks: list[Path] = [ROOT / "requirements.lock", *(ZOO / "python").glob("*.lock")]
    return {**npm, **{name: version for lock in locks for name, version in _PIN.findall(lock.read_text())}}


def test_the_page_names_each_sdk_with_its_version_and_no_other() -> None:
    rows = _ROW.findall((ROOT / "docs" / "ingest.md").read_text())
    tried = {sdk.package for sdk in [*SERVERS, *BROWSERS]}

    assert {name: version for name, version, _ in rows} == {name: locked()[name] for name in tried}
    assert all("ADDRESS" in how or "the same" in how or "wrap" in how for _, _, how in rows)


def test_a_lock_tells_no_address_of_a_registry() -> None:
    assert '"resolved"' not in (ZOO / "package-lock.json").read_text()
    assert not [lock.name for lock in (ZOO / "python").glob("*.lock") if "://" in lock.read_text()]
