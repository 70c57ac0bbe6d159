"""Instructions that a piece of Python takes, counted by valgrind: the same number every time, on a busy machine too."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
MISSING = "valgrind is missing, no instructions are counted; cure: apt-get install valgrind"
_TOOL = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_REFERENCES = re.compile(r"I\s+refs:\s+([\d,]+)")
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "PATH": os.environ.get("PATH", ""),
    "POWERTOOLS_SERVICE_NAME": "benchmark",
    "PYTHONHASHSEED": "0",
}


def is_there() -> bool:
    """Say whether valgrind can be run."""
    return shutil.which(_TOOL[0]) is not None


def count(code: str, data: str = "") -> int:
    """
    Count the instructions of a fresh interpreter that runs `code`, its byte code being there already.

    `data` is a folder with descriptions of services that botocore reads before its own.
    """
    _run([], code, data)
    told = _run(_TOOL, code, data)
    found = _REFERENCES.search(told)
    if found is None:
        raise RuntimeError(f"valgrind did not say how many instructions it saw: {told[-300:]}")
    return int(found[1].replace(",", ""))


def count_stretches(code: str) -> dict[str, int]:
    """Count the instructions of each stretch that `code` ends by calling `os.getppid` and printing its name."""
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "counted"
        tool = ("valgrind", "--tool=callgrind", "--dump-before=getppid", f"--callgrind-out-file={kept}")
        lines = _end(tool, code).stdout.splitlines()
        names = [json.loads(line)["stretch"] for line in lines if line.startswith('{"stretch"')]
        files = [Path(f"{kept}.{number}").read_text() for number in range(1, len(names) + 1)]
    totals = [re.search(r"^totals: (\d+)", file, re.MULTILINE) for file in files]
    return {name: int(total[1]) for name, total in zip(names, totals, strict=True) if total}


def _run(before: Sequence[str], code: str, data: str = "") -> str:
    return _end(before, code, data).stderr


def _end(before: Sequence[str], code: str, data: str = "") -> subprocess.CompletedProcess[str]:
    # -S and -s: no package's .pth file runs, which would be paid by each alike and hide the ratios.
    command = [*before, sys.executable, "-S", "-s", "-c", code]
    folders = [ROOT, ROOT / "layers" / "shared" / "python", sysconfig.get_paths()["purelib"]]
    environment = {**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    environment |= {"AWS_DATA_PATH": data} if data else {}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"what is measured failed: {ended.stderr[-600:]}")
    return ended
