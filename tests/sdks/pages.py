"""Web pages of another origin than the platform's, one for each script of the zoo, and a browser that opens them."""

import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.e2e.browser.browser import Browser, Visitor
from tests.sdks.sdk import ZOO

PAGE = '<!doctype html><title>{name}</title><link rel="icon" href="data:,"><script src="{name}.js"></script>\n'


class Pages:
    """Serves a folder of pages to one browser."""

    def __init__(self, folder: Path) -> None:
        _build(folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        self._server.daemon_threads = True
        self._browser = Browser(f"http://127.0.0.1:{self._server.server_port}")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._browser.__exit__(None, None, None)
        self._server.shutdown()
        self._server.server_close()

    def open(self, page: str) -> Visitor:
        """Let somebody new open a page."""
        visitor = self._browser.visitor()
        visitor.go(f"/{page}.html")
        return visitor


def _build(folder: Path) -> None:
    """Put the packages that each script imports into one file, as web sites do."""
    esbuild = ZOO / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        raise FileNotFoundError("the SDKs are not there; cure: make sdks")
    scripts = sorted((ZOO / "pages").glob("*.mjs"))
    options = ["--bundle", "--format=iife", "--log-level=error", f"--outdir={folder}"]
    subprocess.run([esbuild, *scripts, *options], cwd=ZOO, check=True)
    for script in scripts:
        (folder / f"{script.stem}.html").write_text(PAGE.format(name=script.stem))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""
