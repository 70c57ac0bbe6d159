"""How far an import has come, kept after each confirmed batch: what ends at any moment goes on from there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import blake2b
from pathlib import Path

from cli.errors import UserError
from cli.place import read_json, write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the rows and their calls."""

    read: int = 0
    blank: int = 0
    skipped: int = 0
    rejected: int = 0
    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    deferred: int = 0
    quarantined: int = 0
    known: int = 0  # of lists: identifiers that events had named before

    def __add__(self, other: "Counts") -> "Counts":
        one, two = asdict(self), asdict(other)
        return Counts(**{name: one[name] + two[name] for name in one})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """All rows up to line `line` are confirmed, and `rejected_bytes` of the list of refused rows belong to them."""

    line: int = 0
    rejected_bytes: int = 0
    counts: Counts = Counts()

    def after(self, line: int, counts: Counts, rejected_bytes: int) -> "Progress":
        """Count another batch in."""
        return replace(self, line=line, counts=self.counts + counts, rejected_bytes=rejected_bytes)


class Checkpoint:
    """The file that remembers the progress of one import: the same file, mapping, platform and write key."""

    def __init__(self, home: Path, *what: str) -> None:
        name = blake2b("\0".join(what).encode(), digest_size=16).hexdigest()
        self._path = home / "imports" / f"{name}.json"

    def read(self) -> Progress:
        """Read how far it had come; nowhere without a file."""
        content = read_json(self._path)
        if not content:
            return Progress()
        try:
            return _progress(content)
        except (KeyError, TypeError, ValueError) as error:
            fix = "delete the file: what was sent already is then sent again, and counts once"
            raise UserError("is no checkpoint that can be read", where=str(self._path), fix=fix) from error

    def write(self, progress: Progress) -> None:
        """Remember the progress."""
        write_json(self._path, asdict(progress))

    def clear(self) -> None:
        """Forget it: the file is through."""
        self._path.unlink(missing_ok=True)


def _progress(content: Mapping[str, object]) -> Progress:
    counts = content["counts"]
    if not isinstance(counts, dict):
        raise TypeError("counts is an object")
    numbers = {one.name: int(counts.get(one.name, 0)) for one in fields(Counts)}
    line, length = content["line"], content["rejected_bytes"]
    if not isinstance(line, int) or not isinstance(length, int):
        raise TypeError("line and rejected_bytes are numbers")
    return Progress(line=line, rejected_bytes=length, counts=Counts(**numbers))
