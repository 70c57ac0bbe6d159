"""How large the layers of packages are, as they are deployed: wheels for Lambda's Linux on arm64."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.layers import ROOT, _Install


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Megabytes, and the largest packages unzipped."""

    zipped: float
    unzipped: float
    largest: dict[str, float]


def measure(name: str) -> Size:
    """Build a layer as synthesis does, which asks the package registry, and weigh it."""
    with TemporaryDirectory() as folder:
        built = Path(folder, "layer")
        built.mkdir()
        _Install(ROOT / "layers" / name).try_bundle(str(built))
        archive = Path(shutil.make_archive(str(Path(folder, "zipped")), "zip", built))
        packages = {each.name: _megabytes(each) for each in (built / "python").iterdir() if each.is_dir()}
        largest = sorted(packages.items(), key=lambda pair: -pair[1])[:6]
        return Size(
            zipped=round(archive.stat().st_size / 1e6, 1), unzipped=round(_megabytes(built), 1), largest=dict(largest)
        )


def _megabytes(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 2)
