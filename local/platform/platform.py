"""The running platform: emulator, deployment, mappings and front, and how they start and stop."""

import os
import sys
import time
from collections.abc import Sequence

from local.platform import ports, recovery, saved, sign
from local.platform.assembly import Assembly
from local.platform.clients import Clients
from local.platform.console import say
from local.platform.deploy import TABLES, Deployment, Stack
from local.platform.emulator import Emulator
from local.platform.errors import PlatformError
from local.platform.folders import ROOT, Folders
from local.platform.front import Front, FrontThread
from local.platform.functions import Functions
from local.platform.mail import Mail
from local.platform.mappings import Mappings, deployed, scheduled
from local.platform.pulse import Pulse
from local.platform.saved import Saved
from local.platform.settle import Settler

API = "AWS::ApiGatewayV2::Api"
BUCKET = "AWS::S3::Bucket"
SETTLE_AT_START = 90.0
SETTLE_AT_STOP = 10.0
SHOP = ROOT / "local" / "shop"


class Platform:
    """Owns every process and thread; what was started is stopped in the opposite order."""

    def __init__(self, folders: Folders, port: int) -> None:
        self._folders, self._port = folders, port
        self._emulator = Emulator(folders)
        self.clients = Clients(self._emulator.endpoint)
        self._pulse = Pulse()
        self._functions = Functions(self.clients, self._pulse)
        self._mappings: Mappings | None = None
        self._settler: Settler | None = None
        self._front: FrontThread | None = None
        self.stacks: Sequence[Stack] = ()
        self.ended_hard = False
        self._saved: Saved | None = None

    @property
    def endpoint(self) -> str:
        """Where the emulated AWS is."""
        return self._emulator.endpoint

    @property
    def url(self) -> str:
        """Where the platform is."""
        return self._front.url if self._front else ""

    @property
    def lake(self) -> str:
        """The bucket of the lake."""
        return self.stacks[0].named(BUCKET)["lake"]

    def start_emulator(self) -> None:
        """Start the emulator with what it kept, and note that from now on an end may be a hard one."""
        self.ended_hard = self._folders.running.exists()
        self._saved = saved.read(self._folders.saved)
        self._emulator.start()
        self._folders.running.write_text(str(os.getpid()))

    def deploy(self, assembly: Assembly) -> bool:
        """Bring the stacks in; tell whether there was anything to do."""
        deployment = Deployment(assembly, self.clients)
        due = deployment.is_due()
        self.stacks = deployment.run() if due else deployment.stacks()
        return due

    def serve(self) -> None:
        """Serve the mappings, and open the front."""
        mappings = Mappings(deployed(self.stacks, self.clients), self.clients, self._functions, self._pulse)
        mappings.start()
        self._mappings = mappings
        self._settler = Settler(
            mappings,
            self._functions,
            self.clients,
            tables=self._tables(),
            scheduled=scheduled(self.clients),
        )
        front = FrontThread(self._make_front, self._port)
        front.start()
        ports.remember(self._folders, self._port)
        self._front = front

    def _make_front(self) -> Front:
        assert self._settler is not None
        api = next(iter(self.stacks[-1].named(API).values()))
        where = f"{self.endpoint}/_aws/execute-api/{api}/$default"
        mail = Mail(self.endpoint, api, lambda: self.url)
        return Front(where, self._settler, self._pulse, SHOP, self._folders.sign, mail)

    def _tables(self) -> dict[str, str]:
        tables: dict[str, str] = {}
        for stack in self.stacks:
            tables |= stack.named(*TABLES)
        return tables

    def recover(self) -> int:
        """Do again what a hard end may have left undone; say how many calls that took."""
        if self._mappings is None:
            return 0
        return recovery.refold(self._mappings.streams, self.clients, self.check)

    def account(self) -> str:
        """Say what a hard end may have cost, and what there is."""
        assert self._settler is not None
        held = f"the tables hold {self._settler.stored():,} events"
        if self._saved is None:
            return f"the emulator had saved nothing: what was acknowledged before is gone; {held}"
        if self._saved.whole:
            return f"the emulator had saved everything that was acknowledged; {held}"
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._saved.at))
        return f"the emulator ended without saving: what was acknowledged after {moment} may be gone; {held}"

    def given_up(self) -> dict[str, int]:
        """Return how many records of each mapping were given up since this was asked last."""
        return self._mappings.on_failure.news() if self._mappings else {}

    def check(self) -> None:
        """Notice if the emulator has ended.

        Raises:
            PlatformError: it has.
        """
        if not self._emulator.alive():
            raise PlatformError(
                "the emulator ended by itself",
                cure="make dev starts it again, with what it had saved",
                log=self._emulator.log,
            )

    def rest(self) -> bool:
        """Wait until everything that was sent is worked off; say whether it came to that."""
        return self._settle(SETTLE_AT_START)

    def stop(self) -> None:
        """Close the door, settle, save, and end every process."""
        sign.remove(self._folders)
        if self._front:
            self._front.stop()
        settled = self._settle(SETTLE_AT_STOP)
        if self._mappings:
            self._mappings.stop()
        saved = self._emulator.stop()
        if settled and saved:
            self._folders.running.unlink(missing_ok=True)
        elif self._mappings:
            say("not everything could be finished; the next start takes it up from the tables")

    def _settle(self, within: float) -> bool:
        if not self._settler or not self._emulator.alive():
            return self._mappings is None
        try:
            return self._settler.drain(within)
        except Exception as error:  # noqa: BLE001 (whatever it is, what follows must still be ended)
            print(f"settling failed: {error!r}", file=sys.stderr)
            return False
