"""The lake as its readers see it: the views, over the files as they lie there."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from regulars.domain.instants import DAY
from regulars.domain.lake import TABLES
from regulars.domain.lake_sql import AS_OF, files_of, set_now, views
from tests.builders import START


def ask(files: Mapping[str, bytes], question: str, now: int = START + DAY) -> list[tuple[Any, ...]]:
    """Answer a question in SQL over the views of a lake."""
    with TemporaryDirectory() as folder, duckdb.connect() as database:
        for key, content in files.items():
            path = Path(folder, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for table in TABLES.values():
            paths = [str(Path(folder, key)) for key in sorted(files) if key.startswith(f"{table.name}/")]
            database.execute(f"CREATE VIEW {table.files} AS {files_of(table, paths)}")
        database.execute(set_now(now))
        for name, view in views(AS_OF).items():
            database.execute(f"CREATE VIEW {name} AS {view}")
        return database.execute(question).fetchall()
