"""The files of the lake on this machine: fetched once, since what stands under a name never changes."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import time

from cli.errors import UserError
from cli.lake.bucket import Bucket
from regulars.domain.lake import LakeTable
from regulars.domain.lake_files import StoredFile

MOST = 2 * 2**30  # bytes that are fetched unasked
AT_ONCE = 8
TRIES = 3
LONGEST = 7 * 86_400  # seconds: so long a file stays here that no question is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days that are asked for, both included; None is without end."""

    since: str | None = None
    until: str | None = None

    def hold(self, day: str) -> bool:
        """Say whether a day such as 2026-01-31 is one of them."""
        return (self.since or "") <= day <= (self.until or "~")


class Files:
    """A folder with what was fetched of one bucket."""

    def __init__(self, bucket: Bucket, home: Path) -> None:
        self._bucket = bucket
        self.folder = home / "lake" / bucket.name

    def of(
        self, table: LakeTable, days: Days, *, may_be_large: bool, progress: Callable[[int, int], None]
    ) -> list[Path]:
        """
        Have the files of some days here; `progress` is told how many bytes of how many have come.

        Raises UserError.
        """
        for _ in range(TRIES):
            listed = list(self._bucket.files(table, days.since, days.until))
            missing = [file for file in listed if not self._path(file).exists()]
            _refuse_much(sum(file.size for file in missing), may_be_large=may_be_large)
            if self._fetch(missing, progress):
                self._forget(table, days, {self._path(file) for file in listed})
                return [self._path(file) for file in listed]
        raise UserError("files of the lake were merged again and again while they were fetched", fix="try again")

    def _fetch(self, missing: Sequence[StoredFile], progress: Callable[[int, int], None]) -> bool:
        """Fetch files; tell whether all were still there: some may just have been merged into others."""
        done, whole, all_there = 0, sum(file.size for file in missing), True
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = {pool.submit(self._bucket.fetch, file, self._path(file)): file for file in missing}
            for ended in as_completed(waiting):
                all_there &= ended.result()
                done += waiting[ended].size
                progress(done, whole)
        return all_there

    def _forget(self, table: LakeTable, days: Days, listed: Collection[Path]) -> None:
        """Remove what is not in the lake any more, for whoever was erased stands in it; and what nobody asks for."""
        old = time() - LONGEST
        for path in (self.folder / table.name).rglob("*.parquet"):
            if path not in listed and (days.hold(path.parent.name.removeprefix("day=")) or path.stat().st_mtime < old):
                path.unlink(missing_ok=True)

    def _path(self, file: StoredFile) -> Path:
        return self.folder / file.key


def _refuse_much(size: int, *, may_be_large: bool) -> None:
    if size > MOST and not may_be_large:
        fix = "ask for fewer days with --since and --until, say --yes, or ask Athena: docs/lake.md"
        raise UserError(f"{size / 2**30:,.1f} GB would have to be fetched", fix=fix)
