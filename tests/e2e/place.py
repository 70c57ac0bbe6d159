"""The folder that a platform of a test lies in: our catalog, few purchases, and templates that are made once a run."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SAMPLE = Path("samples", "purchases.csv")


def lay_out(place: Path, *, purchases: int = 0) -> Path:
    """Put our catalog into a folder, with so many purchases of its sample; return the platform's own folder in it."""
    shutil.copytree(ROOT / "catalog", place / "catalog", ignore=shutil.ignore_patterns("samples"))
    if purchases:
        with (ROOT / "catalog" / _SAMPLE).open() as sample:
            lines = [next(sample) for _ in range(1 + purchases)]
        (place / "catalog" / _SAMPLE).parent.mkdir()
        (place / "catalog" / _SAMPLE).write_text("".join(lines))
    home = place / ".regulars"
    if _kept(place).exists():
        shutil.copytree(_kept(place), home / "cdk.out", symlinks=True)
    return home


def keep_templates(place: Path) -> None:
    """Keep the templates that a platform has made for the next one, which makes its own if files have changed since."""
    if not _kept(place).exists():
        shutil.copytree(place / ".regulars" / "cdk.out", _kept(place), symlinks=True)


def _kept(place: Path) -> Path:
    return place.parent / "templates"
