"""Where an answer goes, and as what."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from cli.errors import UserError
from cli.lake.answers import Answer, as_table, write_csv, write_json, write_parquet
from cli.output import Output


class Format(StrEnum):
    """What an answer is written as."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def format_for(asked: Format | None, path: Path | None) -> Format:
    """Choose what to write: what is asked for, else what the file is called, else a table. Raises UserError."""
    if asked is None and path is not None:
        named = {f".{format}": format for format in Format}
        asked = named.get(path.suffix.lower())
        if asked is None:
            raise UserError(
                "the file does not say by its name what to write", fix="say --format csv, json or parquet", code=2
            )
    asked = asked or Format.TABLE
    if asked is Format.TABLE and path is not None:
        raise UserError("a table is for people to look at", fix="say --format csv, json or parquet", code=2)
    if asked is Format.PARQUET and path is None and sys.stdout.isatty():
        raise UserError("Parquet is not for a terminal", fix="say -o answer.parquet", code=2)
    return asked


def write(answer: Answer, format: Format, path: Path | None, output: Output) -> None:
    """Write an answer to a file, or to stdout. Raises UserError."""
    if format is Format.TABLE:
        output.show(as_table(answer))
        return
    with opened(path) as file:
        if format is Format.PARQUET:
            write_parquet(answer, file)
            return
        text = TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        try:
            write_csv(answer, text) if format is Format.CSV else write_json(answer, text)
        finally:
            text.detach()


@contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    """Open a file that is there only once it is whole, or stdout. Raises UserError."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = path.with_name(f"{path.name}.new")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(path), fix="say another -o") from error
    finally:
        draft.unlink(missing_ok=True)
