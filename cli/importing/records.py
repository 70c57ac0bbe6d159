"""Records of a file: numbered rows, or the reason why something in it is no row."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from cli.errors import UserError

Format = Literal["csv", "jsonl", "parquet"]
_ENDINGS: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_GZIP = b"\x1f\x8b"
SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What stands at a line: a row; else the reason why it is none, and `raw` to show; a blank line has neither."""

    number: int
    row: Mapping[str, object] | None = None
    reason: str | None = None
    raw: str | Sequence[object] = ""


class Source:
    """A file that is read once from start to end, unpacked where it is packed."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
        packed = self._file.read(2) == _GZIP
        self._file.seek(0)
        self.path = path
        self.is_packed = packed
        self.content = gzip.GzipFile(fileobj=self._file) if packed else self._file

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return 0 if self._file.closed else self._file.tell()

    def encoding(self, said: str) -> str:
        """Return the encoding: what the mark at the start of the file shows, else what the mapping says."""
        start = self.content.peek(2)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        return "utf-8-sig" if said == "utf-8" or start.startswith(b"\xef\xbb\xbf") else said

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def format_of(path: Path) -> Format:
    """Tell the format by the name of the file. Raises UserError."""
    endings = [ending.lower() for ending in path.suffixes if ending.lower() != ".gz"]
    found = _ENDINGS.get(endings[-1]) if endings else None
    if found is None:
        raise UserError("what kind of file is this?", where=str(path), fix="say --format csv, jsonl or parquet")
    return found


def print_of(path: Path) -> str:
    """Hash the content of a file."""
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return digest.hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a broken file raises into a sentence."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError("the packed file ends early or is damaged", where=str(path), fix="fetch it again") from error
    except UnicodeError as error:
        raise UserError("is not in its encoding", where=str(path), fix="say encoding: … in the mapping") from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error


def raw_of(record: Record) -> str:
    """Write down what stood there, for a person to find it."""
    said = record.raw if record.row is None else {name: _plain(value) for name, value in record.row.items()}
    return json.dumps(said, ensure_ascii=False, default=str)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else cut(str(value))


def cut(text: str) -> str:
    """Shorten a text for showing, and escape what is no text."""
    text = text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} characters)"
