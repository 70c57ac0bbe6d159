"""`make dev`: the whole platform on this machine, until Ctrl-C.

FRESH=1 starts with empty state, PORT=8080 takes that port.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from cli.place import Keys
from local.platform import one_emulator, ports, sign
from local.platform.commands import Commands, digest_of
from local.platform.console import say, step
from local.platform.errors import PlatformError
from local.platform.folders import Folders, of_this_checkout
from local.platform.people import People
from local.platform.platform import Platform
from local.platform.synthesis import synthesize

LOOK = 5.0
SAVED_WITHIN = 90.0
REDRIVE = ".venv/bin/regulars redrive"


def main() -> int:
    """Start, serve until told to stop, stop; return the exit code."""
    os.umask(0o077)  # whatever is written from here on, the state with its keys too
    folders = of_this_checkout()
    folders.make_home()
    lock = sign.Lock(folders)
    _mind_signals()
    try:
        lock.take()
        _live(folders)
    except PlatformError as error:
        say(error.report())
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        lock.release()


def _mind_signals() -> None:
    """End on a terminal's end and on a plain kill as on Ctrl-C."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.default_int_handler)


def _live(folders: Folders) -> NoReturn:
    fresh = bool(os.environ.get("FRESH"))
    port = ports.choose(folders)
    one_emulator.wait_for_the_last(folders.emulator_lock, SAVED_WITHIN)
    folders.make(fresh=fresh)
    if fresh:
        say("FRESH: the state is emptied, old write keys and tokens with it; a new write key will be minted")
    sign.remove(folders)
    logging.basicConfig(
        filename=folders.logs / "platform.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    platform = Platform(folders, port)
    try:
        people = _start(platform, folders)
        _stay(platform, people, folders)
    finally:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)  # a second Ctrl-C must not keep us from saving
        say()
        with step("settle, save and stop"):
            platform.stop()


def _start(platform: Platform, folders: Folders) -> People:
    begin = time.monotonic()
    with step("synthesize"):
        assembly = synthesize(folders)
    with step("start the emulator"):
        platform.start_emulator()
    with step("deploy") as remarks:
        if not platform.deploy(assembly):
            remarks.append("nothing had changed")
    with step("serve"):
        platform.serve()
    if platform.ended_hard:
        with step("recover from a hard end") as remarks:
            remarks.append(f"{platform.recover()} calls from what the tables hold")
        say(platform.account())
    with step("create users") as remarks:
        people = People(platform.stacks[0], platform.clients, folders)
        people.create()
    _fill(platform, folders, people.tokens["admin"])
    _show(platform, folders, people)
    _greet(platform, folders, time.monotonic() - begin)
    return people


def _fill(platform: Platform, folders: Folders, token: str) -> None:
    """Apply the catalog, and import the sample purchases, once for each state of their files."""
    commands = Commands(platform.clients, folders, platform.url, token)
    catalog = folders.place / "catalog"
    definitions = [path for path in catalog.rglob("*.yaml") if path.is_file()]
    sample = catalog / "samples" / "purchases.csv"
    if definitions:
        _once(commands, "apply catalog/", "apply", definitions)
    if sample.exists():
        relative = str(sample.relative_to(folders.place))
        if _once(commands, "import sample", "import", [sample], relative, "--mapping", "purchases"):
            with step("work off the sample") as remarks:
                if not platform.rest():
                    remarks.append("not yet done; it goes on meanwhile")


def _once(commands: Commands, name: str, command: str, files: Sequence[Path], *arguments: str) -> bool:
    digest = digest_of(files)
    if commands.is_done(command, digest):
        return False
    with step(name) as remarks:
        if commands.run(command, *arguments):
            remarks.append(f"some rows were refused: see {command}.log")
        commands.remember(command, digest)
    return True


def _show(platform: Platform, folders: Folders, people: People) -> None:
    ready: dict[str, Any] = {
        "url": platform.url,
        "write_key": Keys(folders.home).public("web") or "",
        "tokens": people.tokens,
        "aws_endpoint": platform.endpoint,
        "lake": platform.lake,
    }
    sign.show(folders, ready)


def _greet(platform: Platform, folders: Folders, seconds: float) -> None:
    url, key = platform.url, Keys(folders.home).public("web") or "WRITE_KEY"
    say(f"""
ready after {seconds:.0f} s
    the platform    {url}
    the shop        {url}/_local/shop/
    mail and texts  {url}/_local/mail
    AWS             {platform.endpoint}
    tokens          {folders.sign} (passwords: people.json beside it)
    logs            {folders.logs}
try
    curl -u {key}: -H 'content-type: application/json' {url}/v1/track \\
        -d '{{"userId": "ann", "event": "Product Viewed", "messageId": "first"}}'
    <script src="{url}/analytics.js/v1/{key}/analytics.min.js"></script>
    .venv/bin/regulars profile user_id:ann
Ctrl-C settles, saves and stops.""")


def _stay(platform: Platform, people: People, folders: Folders) -> NoReturn:
    """Keep the tokens fresh, and notice if the emulator ends or something is given up."""
    while True:
        platform.check()
        for mapping, records in platform.given_up().items():
            say(f"given up: {records} records of {mapping}, kept; mend it, then: {REDRIVE}")
        time.sleep(LOOK)
        if people.is_stale():
            people.sign_in()
            _show(platform, folders, people)


if __name__ == "__main__":
    sys.exit(main())
