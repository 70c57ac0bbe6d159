"""The two layers every function stands on, third-party packages and our library, and one for those that need more."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk.aws_lambda import Architecture, Code, ILayerVersion, LayerVersion, Runtime
from constructs import Construct

from infra.stage import Stage

ROOT = Path(__file__).parent.parent
RUNTIME = Runtime.PYTHON_3_14
ARCHITECTURE = Architecture.ARM_64
_DEPENDENCIES = ROOT / "layers" / "dependencies"
_LAKE = ROOT / "layers" / "lake"
_PLANS = ROOT / "layers" / "plans"
_VERSION = RUNTIME.name.removeprefix("python")
# The AWS services that functions call; descriptions of the other four hundred stay at home.
# `email` is what the endpoints call that of sesv2.
SERVICES = frozenset({"dynamodb", "email", "events", "kms", "s3", "sesv2", "sns", "sqs", "stepfunctions", "sts"})
_TARGET = ["--python-platform", "aarch64-manylinux_2_28", "--python-version", _VERSION]


class Layers(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        self.all: list[ILayerVersion] = [
            _layer(self, "dependencies", _packages(_DEPENDENCIES, stage)),
            _layer(self, "shared", _library()),
        ]
        self.lake: ILayerVersion = _layer(self, "lake", _packages(_LAKE, stage))
        self.plans: ILayerVersion = _layer(self, "plans", _packages(_PLANS, stage))


def _layer(scope: Construct, name: str, code: Code) -> LayerVersion:
    return LayerVersion(
        scope,
        name,
        code=code,
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
    )


def _library() -> Code:
    return Code.from_asset(str(ROOT / "layers" / "shared"), exclude=["**/__pycache__"])


def _packages(folder: Path, stage: Stage) -> Code:
    """Install what a lock names; on one machine carry the lock only: functions run in the interpreter that has all."""
    if stage.local:
        return Code.from_asset(str(folder))
    # What goes in, and what this file makes of it.
    fingerprint = hashlib.sha256(_lock(folder).read_bytes() + Path(__file__).read_bytes()).hexdigest()
    return Code.from_asset(
        str(folder),
        asset_hash_type=AssetHashType.CUSTOM,
        asset_hash=fingerprint,
        bundling=BundlingOptions(image=never_pulled(), local=_Install(folder)),
    )


def _lock(folder: Path) -> Path:
    return folder / "requirements.lock"


def never_pulled() -> DockerImage:
    """Name an image, which the API requires and local bundling does not use."""
    return DockerImage.from_registry("never-pulled")


@jsii.implements(ILocalBundling)
class _Install:
    """Installs wheels built for Lambda's Linux, on any machine, without Docker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def try_bundle(self, output_dir: str, *_args: object, **_options: object) -> bool:
        uv = shutil.which("uv", path=Path(sys.executable).parent) or "uv"
        # Copies, not links into the cache of packages: what is trimmed here is whole elsewhere.
        install = [uv, "pip", "install", "--quiet", "--link-mode", "copy", "--no-deps", "--only-binary", ":all:"]
        lock = ["--require-hashes", "--requirements", str(_lock(self._folder))]
        target = f"{output_dir}/python"
        subprocess.run([*install, *lock, "--target", target, *_TARGET], check=True)
        shutil.rmtree(f"{target}/bin", ignore_errors=True)
        _trim(Path(target))
        _compile(target)
        return True


def _trim(packages: Path) -> None:
    for folder in packages.glob("botocore/data/*/"):
        if folder.name not in SERVICES:
            shutil.rmtree(folder)
    for endpoints in packages.glob("botocore/data/endpoints.json"):
        endpoints.write_text(only_called(endpoints.read_text()))
    shutil.rmtree(packages / "duckdb" / "experimental", ignore_errors=True)  # another engine's way of speaking


def only_called(endpoints: str) -> str:
    """
    Leave out of botocore's list of endpoints the services that no function calls.

    Every start reads all of the list: whole, that is an eighth of it.
    """
    content = json.loads(endpoints)
    for partition in content["partitions"]:
        services = partition["services"].items()
        partition["services"] = {name: where for name, where in services if name in SERVICES}
    return json.dumps(content, separators=(",", ":"))


def _compile(folder: str) -> None:
    """Save the functions the parsing, where this interpreter writes the byte code they read."""
    if sys.version_info[:2] != tuple(map(int, _VERSION.split("."))):
        return
    mode = ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *mode, folder], check=True)
