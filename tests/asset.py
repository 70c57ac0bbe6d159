"""The asset of `serve_analytics`, laid out as it is deployed."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "node_modules" / "@segment" / "analytics-next"
UMD = PACKAGE / "dist" / "umd"

Handler = Callable[[dict[str, Any], None], dict[str, Any]]


def lay_out(folder: Path) -> Path:
    """Put the function and the files of the SDK into a folder."""
    (folder / "dist").mkdir()
    for name in ("handler.py", "prelude.js"):
        shutil.copy(ROOT / "functions" / "serve_analytics" / name, folder)
    for file in (PACKAGE / "LICENSE.MD", UMD / "standalone.js", *UMD.glob("*.bundle.*.js")):
        shutil.copy(file, folder / "dist")
    return folder


def load(folder: Path) -> Handler:
    """Load the function from where it was laid out."""
    spec = importlib.util.spec_from_file_location(f"serve_analytics_of_{folder.name}", folder / "handler.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Handler", module.handler)
