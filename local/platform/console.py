"""What `make dev` says: one line a step, with its seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WIDTH = 34


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Say what is being done, and when it is done, how long it took; the list takes remarks."""
    say(f"{name} ".ljust(WIDTH, "."), end=" ")
    begin = time.monotonic()
    remarks: list[str] = []
    try:
        yield remarks
    except BaseException:
        say("failed" if sys.exc_info()[0] is not KeyboardInterrupt else "interrupted")
        raise
    say(", ".join([f"{time.monotonic() - begin:.1f} s", *remarks]))


def say(text: str = "", *, end: str = "\n") -> None:
    """Print at once; a closed terminal does not keep us from ending well."""
    with suppress(OSError):
        print(text, end=end, flush=True)
