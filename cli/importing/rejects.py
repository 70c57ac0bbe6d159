"""The list of refused rows: a CSV with line, reason and row, that grows only with what is confirmed."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from cli.errors import UserError
from cli.importing.batches import Reject

_HEADER = ("line", "reason", "row")


class RejectedFile:
    """Appends rows; made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, length: int) -> None:
        """Cut off what an import that ended early wrote after its last checkpoint. Raises UserError."""
        if self.path.exists() and not self._is_ours():
            fix = "say --rejected another/file.csv"
            raise UserError("is there already, and no list of refused rows", where=str(self.path), fix=fix)
        if length == 0:
            self.path.unlink(missing_ok=True)
        elif not self.path.exists() or self.path.stat().st_size < length:
            fix = "put the file back, or delete .regulars/imports and import again: all that was sent counts once"
            raise UserError("the list of refused rows is gone, and the import was not through", fix=fix)
        else:
            os.truncate(self.path, length)

    def _is_ours(self) -> bool:
        with self.path.open("rb") as file:
            return file.readline().strip() == ",".join(_HEADER).encode()

    def add(self, rejects: Sequence[Reject]) -> int:
        """Append rows; return the length of the file. Raises UserError."""
        if not rejects:
            return self.path.stat().st_size if self.path.exists() else 0
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if not self.path.exists():
            writer.writerow(_HEADER)
        writer.writerows((reject.line, reject.reason, reject.row) for reject in rejects)
        try:
            with self.path.open("ab") as file:
                file.write(text.getvalue().encode("utf-8", "backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
                return file.tell()
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            raise UserError(what, where=str(self.path), fix="say --rejected another/file.csv") from error
