"""Which upload a file was begun with, kept until it has ended: a command that ended early goes on with the same."""

from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

from cli.importing.checkpoint import Counts
from cli.place import read_json, write_json


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload of a file; `sent` are the counts of all its rows once all were sent."""

    upload: str
    sent: Counts | None = None


class BegunFile:
    """The file that remembers the upload: of the same file, list, way and platform."""

    def __init__(self, home: Path, *what: str) -> None:
        name = blake2b("\0".join(what).encode(), digest_size=16).hexdigest()
        self._path = home / "lists" / f"{name}.json"

    def read(self) -> Begun | None:
        """Read which upload was begun, if one was."""
        content = read_json(self._path)
        upload, sent = content.get("upload"), content.get("sent")
        if not isinstance(upload, str):
            return None
        return Begun(upload, Counts(**sent) if isinstance(sent, dict) else None)

    def write(self, begun: Begun) -> None:
        """Remember it."""
        write_json(self._path, {"upload": begun.upload, "sent": asdict(begun.sent) if begun.sent else None})

    def clear(self) -> None:
        """Forget it."""
        self._path.unlink(missing_ok=True)
