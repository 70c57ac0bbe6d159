"""Files of the lake on the disk of a function: fetched once, since what stands under a name never changes."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from regulars.domain.lake import EVENTS, LakeTable
from regulars.domain.lake_files import StoredFile
from regulars.errors import LakeTooLargeError, UnavailableError
from regulars.pipeline.lake import Lake

MOST = 400 * 2**20  # bytes: what a function fetches and asks in the time that a person waits
_AT_ONCE, _TRIES, _EVER = 8, 3, "0000-00-00"


class LakeFiles:
    """A folder with what was fetched of the lake."""

    def __init__(self, lake: Lake, folder: Path, most: int = MOST) -> None:
        self._lake = lake
        self._most = most
        self.folder = folder

    def fetch(self, tables: Iterable[LakeTable], since: str | None = None) -> dict[str, list[str]]:
        """
        Have all files of some tables here, of events those from a day on; give their paths, by table.

        Raises LakeTooLargeError for more than a function can ask, and UnavailableError.
        """
        for _ in range(_TRIES):
            listed = {table.name: list(self._lake.files(table, since=_since(table, since))) for table in tables}
            self._must_fit(file.size for files in listed.values() for file in files)
            self._forget_all_but({file.key for files in listed.values() for file in files})
            if self._have(file for files in listed.values() for file in files):
                return {name: [str(self._path(file)) for file in files] for name, files in listed.items()}
        raise UnavailableError("files of the lake were merged while they were read; try again in a moment")

    def _must_fit(self, sizes: Iterable[int]) -> None:
        if (size := sum(sizes)) > self._most:
            raise LakeTooLargeError(
                f"the lake has {size / 2**20:,.0f} MB, and up to {self._most / 2**20:,.0f} are asked here: get the SQL"
                " from POST /v1/segments/sql and ask Athena, or use `regulars segment preview`"
            )

    def _have(self, files: Iterable[StoredFile]) -> bool:
        """Fetch what is missing; tell whether all were still there: some may just have been merged into others."""
        missing = [file for file in files if not self._path(file).exists()]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return all(list(pool.map(self._fetch, missing)))

    def _fetch(self, file: StoredFile) -> bool:
        content = self._lake.get(file.key)
        if content is None:
            return False
        path = self._path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(content)
        draft.replace(path)
        return True

    def _forget_all_but(self, keys: set[str]) -> None:
        for path in self.folder.rglob("*.parquet"):
            if str(path.relative_to(self.folder)) not in keys:
                path.unlink(missing_ok=True)

    def _path(self, file: StoredFile) -> Path:
        return self.folder / file.key


def _since(table: LakeTable, day: str | None) -> str:
    return day if day and table is EVENTS else _EVER
