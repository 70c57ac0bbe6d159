"""Synthesizes the templates, once for each state of what they are made from."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.platform.assembly import Assembly
from local.platform.emulator import REGION
from local.platform.errors import PlatformError
from local.platform.folders import ROOT, Folders

SOURCES = ("infra", "functions", "layers", "cdk.json", "package-lock.json", "requirements.lock")
# The emulator waits for a trigger of the sign-in, which waits for the emulator's tables: neither would come to an end.
CONTEXT = {"stage": "local", "local": "1", "region": REGION, "note_logins": "0"}


def synthesize(folders: Folders) -> Assembly:
    """Return the assembly of this checkout as it is now.

    Raises:
        PlatformError: the synthesis failed.
    """
    stamp = folders.assembly / ".sources"
    digest = digest_of(ROOT)
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(folders.assembly, ignore_errors=True)
        _run(folders)
        stamp.write_text(digest)
    return Assembly(folders.assembly)


def digest_of(root: Path) -> str:
    """Return what changes when a file does that the templates or their assets are made from."""
    digest = hashlib.blake2b(json.dumps(CONTEXT).encode())
    for path in _files(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        place = root / source
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _run(folders: Folders) -> None:
    log = folders.logs / "synthesis.log"
    environment = os.environ | {
        "CDK_OUTDIR": str(folders.assembly),
        "CDK_CONTEXT_JSON": json.dumps(CONTEXT),
        "CDK_VALIDATION": "false",  # 7 of 11 s; `make test` synthesizes with it
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }
    with log.open("wb") as file:
        ended = subprocess.run(
            [sys.executable, "-m", "infra.app"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode:
        raise PlatformError("the templates cannot be synthesized", cure="make synth shows it too", log=log)
