"""The engine that answers: DuckDB over the files, which may read them and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.errors import UserError
from cli.place import make_private
from regulars.adapters.clock import now
from regulars.domain.lake import EVENTS, IDENTITY, REFUSED, REMAINS, TABLES, LakeTable
from regulars.domain.lake_sql import AS_OF, DAY, TYPES, files_of, quoted, set_now, shown, views

if TYPE_CHECKING:
    import duckdb

READS: Mapping[str, LakeTable] = {
    "events": EVENTS,
    "events_files": EVENTS,
    "identity": IDENTITY,
    "identity_files": IDENTITY,
    "people": IDENTITY,
    "refused": REFUSED,
    "refused_files": REFUSED,
    "remains": REMAINS,
    "remains_files": REMAINS,
}
_ONE_SELECT = "ask with one SELECT: the lake is read, and nothing is written"


class Question:
    """One SELECT, which is known to hold together before anything is fetched."""

    def __init__(self, text: str) -> None:
        """Raises UserError for what is no question to the lake."""
        with _engine() as engine, in_words():
            statements = engine.extract_statements(text)
            if len(statements) != 1 or statements[0].type.name != "SELECT":
                raise UserError("this is not one SELECT", fix=_ONE_SELECT)
            _draw_empty(engine)
            engine.sql(text)
            self.text = text
            self.tables = _tables_in(engine, text)


@contextmanager
def asked(question: Question, files: Mapping[str, Sequence[Path]], folder: Path) -> Iterator[Any]:
    """
    Ask over files, by the name of their table; give the answer as a reader of Arrow batches.

    Raises UserError.
    """
    make_private(folder)
    with _engine(temp_directory=str(folder / "tmp")) as engine, in_words():
        _draw(engine, files)
        engine.execute(f"SET allowed_directories = [{quoted(str(folder))}]")
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
        yield engine.sql(question.text).to_arrow_reader(1_000)


@contextmanager
def in_words() -> Iterator[None]:
    """Say what is wrong with a question in the engine's words, with what there is to ask for. Raises UserError."""
    import duckdb
    import pyarrow as arrow

    try:
        yield
    except duckdb.CatalogException as error:
        raise UserError(
            _first(error), fix=f"there are {', '.join(sorted(views()))}: `regulars query` shows them"
        ) from error
    except duckdb.BinderException as error:
        raise UserError(_first(error), fix="`regulars query` shows all tables with their columns") from error
    except (duckdb.Error, arrow.ArrowException) as error:
        raise UserError(_first(error), fix="https://duckdb.org/docs tells what SQL there is") from error


def _first(error: Exception) -> str:
    """Take the words of an error without its kind, and without the line that quotes the question."""
    said = str(error).partition("\n\nLINE ")[0]
    return " ".join(said.partition("Error: ")[2].split() or said.split())


@contextmanager
def _engine(**settings: str) -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        **settings,
    }
    with duckdb.connect(config=config) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        yield engine


def _draw(engine: "duckdb.DuckDBPyConnection", files: Mapping[str, Sequence[Path]]) -> None:
    for table in TABLES.values():
        paths = [str(path) for path in files.get(table.name, ())]
        engine.execute(f"CREATE VIEW {table.files} AS {files_of(table, paths)}")
    engine.execute(set_now(now()))
    for name, view in views(AS_OF).items():
        engine.execute(f"CREATE VIEW {name} AS {view}")


def _draw_empty(engine: "duckdb.DuckDBPyConnection") -> None:
    """Draw tables of the same columns, for the engine to find out what a question reads: it sees through views."""
    for name, table in READS.items():
        columns = ", ".join(f"{one.name} {TYPES[one.kind]}" for one in shown().get(name, (DAY, *table.columns)))
        engine.execute(f"CREATE TABLE {name} ({columns})")


def _tables_in(engine: "duckdb.DuckDBPyConnection", text: str) -> list[LakeTable]:
    """Tell which tables a question reads; all of them where the engine cannot tell."""
    import duckdb

    try:
        named = {READS[name.lower()].name for name in engine.get_table_names(text) if name.lower() in READS}
    except duckdb.Error:
        named = set(TABLES)
    return [table for table in TABLES.values() if table.name in named]
