"""The asset of `serve_analytics`, laid out as it is deployed."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "node_modules" / "@segment" / "analytics-next"
UMD = PACKAGE / "dist" / "umd"


def lay_out(folder: Path) -> Path:
    """Put the function and the files of the SDK into a folder."""
    (folder / "dist").mkdir()
    for name in ("handler.py", "prelude.js"):
        shutil.copy(ROOT / "functions" / "serve_analytics" / name, folder)
    for file in (PACKAGE / "LICENSE.MD", UMD / "standalone.js", *UMD.glob("*.bundle.*.js")):
        shutil.copy(file, folder / "dist")
    return folder
