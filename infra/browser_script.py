"""The one tag of a web page: Segment's browser SDK, served from the same address."""

import shutil
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, ILocalBundling
from aws_cdk.aws_lambda import Code
from constructs import Construct

from infra.http_api import HttpApi
from infra.layers import ROOT, never_pulled
from infra.python_function import NOT_SHIPPED, Ground, PythonFunction, folder_of

_PACKAGE = ROOT / "node_modules" / "@segment" / "analytics-next"
_SDK = _PACKAGE / "dist" / "umd"


class BrowserScript(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, api: HttpApi) -> None:
        super().__init__(scope, id)
        name = "serve_analytics"
        self.serve_analytics = PythonFunction(self, name, ground=ground, code=_with_sdk(folder_of(name)))
        api.open(
            self.serve_analytics,
            "GET /analytics.js/v1/{key}/analytics.min.js",
            "GET /analytics-next/bundles/{file}",
            because="Published files of the SDK, for every visitor of a web page.",
        )


def _with_sdk(folder: Path) -> Code:
    return Code.from_asset(
        str(folder),
        exclude=NOT_SHIPPED,
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(image=never_pulled(), local=_CopySdk(folder)),
    )


@jsii.implements(ILocalBundling)
class _CopySdk:
    """Puts the SDK's published files into `dist/` beside the handler."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def try_bundle(self, output_dir: str, *_args: object, **_options: object) -> bool:
        if not (_SDK / "standalone.js").is_file():
            message = "the browser SDK is not in node_modules; cure: make install"
            raise FileNotFoundError(message)
        dist = Path(output_dir, "dist")
        dist.mkdir()
        for name in ("handler.py", "prelude.js"):
            shutil.copy(self._folder / name, output_dir)
        for file in [_PACKAGE / "LICENSE.MD", _SDK / "standalone.js", *_SDK.glob("*.bundle.*.js")]:
            shutil.copy(file, dist)
        return True
