"""The emulator as a child process, bound to this machine, and stopped so that it saves."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from local.platform.errors import PlatformError
from local.platform.folders import ROOT, Folders

HOST = "127.0.0.1"
REGION = "eu-west-1"
READY_WITHIN = 30.0
SAVE_WITHIN = 60.0
SAVE_EVERY = 30.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """One ministack, its state and its log."""

    def __init__(self, folders: Folders, port: int | None = None, *, save_every: float = SAVE_EVERY) -> None:
        self._folders, self._save_every = folders, save_every
        self.port = port or free_port()
        self.endpoint = f"http://{HOST}:{self.port}"
        self.log = folders.logs / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            PlatformError: it ended, or did not answer in time.
        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.platform.overlay"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Out of the terminal's group: Ctrl-C comes to us, so that we settle and save.
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise PlatformError(
                    "the emulator does not answer",
                    cure="see its log; FRESH=1 make dev starts with empty state",
                    log=self.log,
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> bool:
        """End it so that it saves; tell whether it ended by itself in time."""
        if self._process is None:
            return True
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            clean = self._process.wait(SAVE_WITHIN) == 0
        except subprocess.TimeoutExpired:
            clean = False
        self.kill()
        return clean

    def kill(self) -> None:
        """End it and all its workers at once; what was not saved is lost."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _environment(self) -> dict[str, str]:
        """Return its environment, which its Lambda workers inherit: nothing of our shell's."""
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
        return {name: os.environ[name] for name in kept if name in os.environ} | {
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "EDGE_PORT": str(self.port),
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "INFO",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._folders.state),
            "S3_PERSIST": "1",  # objects are files from the moment they are stored, and not part of what is saved
            "S3_DATA_DIR": str(self._folders.state / "objects"),
            "TMPDIR": str(self._folders.temporary),
            "REGULARS_LOGS": str(self._folders.logs),
            "REGULARS_PARENT": str(os.getpid()),
            "REGULARS_LOCK": str(self._folders.emulator_lock),
            "REGULARS_SAVED": str(self._folders.saved),
            "REGULARS_SAVE_EVERY": str(self._save_every),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
        }
