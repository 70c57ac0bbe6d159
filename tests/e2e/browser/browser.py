"""A real browser under the control of a test: `Browser` starts one, `Visitor` is a person with cookies of their own."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_DRIVER = Path(__file__).parent / "driver.mjs"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class BrowserError(Exception):
    """The browser could not do what it was told."""


def find_browser() -> str:
    """Name the browser to use: $CHROME, or the first on PATH. Raises BrowserError."""
    if chosen := os.environ.get("CHROME"):
        return chosen
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise BrowserError("no browser; cure: install chromium or Chrome, or name one in $CHROME")


class Browser:
    """One browser process that reaches no host but that of `origin`."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._count = 0
        command = ["node", str(_DRIVER), find_browser(), origin]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=20)
        assert self._process.stdout
        self._process.stdout.close()

    def visitor(self, **options: Any) -> "Visitor":
        """Open a window with no cookies; `options` are those of a browser context of Playwright."""
        self._count += 1
        name = f"visitor {self._count}"
        self.tell(name, "browser", "visitor", options)
        return Visitor(self, name)

    def tell(self, visitor: str, on: str, method: str, *args: Any) -> Any:
        """Call a method of Playwright on a thing of a visitor: `page`, `context`, or what a selector finds."""
        assert self._process.stdin
        assert self._process.stdout
        command = {"visitor": visitor, "on": on, "method": method, "args": args}
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the browser is gone"}')
        if "error" in answer:
            raise BrowserError(f"{on} {method} {args}: {answer['error']}")
        return answer["value"]


class Visitor:
    """One person at the browser."""

    def __init__(self, browser: Browser, name: str) -> None:
        self._browser = browser
        self._name = name

    def go(self, path: str) -> None:
        """Open an address of the platform."""
        self._browser.tell(self._name, "page", "goto", self._browser.origin + path)

    def click(self, selector: str) -> None:
        """Click what the selector finds, once it is there and can be clicked."""
        self._browser.tell(self._name, selector, "click")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self._browser.tell(self._name, selector, "fill", text)

    def press(self, key: str) -> None:
        """Press a key."""
        self._browser.tell(self._name, "keyboard", "press", key)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self._browser.tell(self._name, "keyboard", "type", text)

    def offline(self, *, is_so: bool) -> None:
        """Take the network away, or give it back."""
        self._browser.tell(self._name, "context", "setOffline", is_so)

    def text(self, selector: str) -> str:
        """Read the text of what the selector finds."""
        return str(self._browser.tell(self._name, selector, "innerText"))

    def sees(self, selector: str, *, within: float = 15) -> None:
        """Wait until something is visible. Raises BrowserError if it never is."""
        self._browser.tell(self._name, f"{selector} >> nth=0", "waitFor", {"timeout": within * 1000})

    def sees_no_more(self, selector: str, *, within: float = 15) -> None:
        """Wait until something is gone. Raises BrowserError if it stays."""
        options = {"state": "hidden", "timeout": within * 1000}
        self._browser.tell(self._name, selector, "waitFor", options)

    def run(self, script: str) -> Any:
        """Evaluate JavaScript in the page; a promise is awaited."""
        return self._browser.tell(self._name, "page", "evaluate", script)

    def photograph(self, path: Path) -> None:
        """Save a picture of the whole page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._browser.tell(self._name, "page", "screenshot", {"path": str(path), "fullPage": True})

    def leave(self) -> None:
        """Close the window."""
        self._browser.tell(self._name, "context", "close")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """All that the browser asked for and had answered."""
        found: list[dict[str, Any]] = self._browser.tell(self._name, "seen", "requests")
        return found

    @property
    def complaints(self) -> list[str]:
        """Errors of scripts, errors on the console, and requests that failed."""
        found: list[str] = self._browser.tell(self._name, "seen", "complaints")
        return found
