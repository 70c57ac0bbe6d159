"""
An import mapping turns the rows of a file into calls: constants, columns and plain substitution, no expressions.

Every call gets a messageId made of the mapping, the row's key and how often that key stood in the file before. So two
equal rows are two events, and the same file imported again is the same events again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from regulars.domain.cells import CellFormat, is_empty, read_cell, read_text
from regulars.domain.extraction import look_up
from regulars.errors import CellError, RowError

Row = Mapping[str, object]
MESSAGE_ID = "$message_id"
_TEXT = CellFormat()


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in each call."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The value of a column; an empty one is left out, unless the row is then refused or skipped."""

    name: str
    how: CellFormat = _TEXT
    required: bool = False
    skip: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.name,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Text with columns put in; it is empty as soon as one of them is."""

    texts: tuple[str, ...]  # around the names: always one more than these
    names: tuple[str, ...]
    required: bool = False
    skip: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(name for name in self.names if name != MESSAGE_ID)


Field = Constant | Column | Template
Tree = Mapping[str, "Field | Tree"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMapping:
    """How a row becomes one call."""

    type: str
    fields: Tree
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """How a file becomes calls of one source; `key` names the columns that tell one row from another."""

    id: str
    name: str
    source: str
    key: tuple[str, ...]
    calls: tuple[CallMapping, ...]
    repeats: bool = True
    encoding: str = "utf-8"

    @property
    def columns(self) -> list[str]:
        """All columns that a file must have, in the order of the definition."""
        fields = (field for call in self.calls for field in _leaves(call.fields))
        return list(dict.fromkeys([*self.key, *(name for field in fields for name in field.columns)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What became of one row: its calls, or the reason why it has none; a skipped row has neither."""

    number: int
    calls: tuple[Mapping[str, Any], ...] = ()
    reason: str | None = None


def map_rows(mapping: ImportMapping, rows: Iterable[tuple[int, Row]], file: str) -> Iterator[Mapped]:
    """Map numbered rows in the order of the file."""
    seen: dict[bytes, int] = {}
    for number, row in rows:
        yield map_row(mapping, row, number, file, seen)


def map_row(mapping: ImportMapping, row: Row, number: int, file: str, seen: dict[bytes, int]) -> Mapped:
    """Map a row, counting its key in `seen`; a row that makes no call says why."""
    try:
        key = key_of(mapping, row)
        nth = 1
        if mapping.repeats:
            nth = seen[key] = seen.get(key, 0) + 1
        skipped = is_skipped(mapping, row)
        calls = () if skipped else calls_of(mapping, row, key, nth, {"file": file, "row": number})
    except RowError as error:
        return Mapped(number=number, reason=str(error))
    return Mapped(number=number, calls=calls)


def key_of(mapping: ImportMapping, row: Row) -> bytes:
    """Hash what tells this row from others. Raises RowError."""
    digest = blake2b(mapping.id.encode(), digest_size=16, person=b"import key")
    for name in mapping.key:
        value = _value(row, name)
        try:
            text = "" if is_empty(value) else read_text(value)
        except CellError as error:
            raise RowError(f"column {name}: {error}") from error
        digest.update(b"\0" + text.encode())
    return digest.digest()


def is_skipped(mapping: ImportMapping, row: Row) -> bool:
    """Say whether the mapping leaves this row out."""
    return any(_empty(row, field) for call in mapping.calls for field in _leaves(call.fields) if field.skip)


def calls_of(
    mapping: ImportMapping, row: Row, key: bytes, nth: int, origin: Mapping[str, object]
) -> tuple[Mapping[str, Any], ...]:
    """Turn a row into its calls. Raises RowError."""
    return tuple(
        _call(mapping, call, row, _message_id(key, nth, index), origin) for index, call in enumerate(mapping.calls)
    )


def _call(
    mapping: ImportMapping, call: CallMapping, row: Row, message_id: str, origin: Mapping[str, object]
) -> Mapping[str, Any]:
    fields = _fill(call.fields, row, message_id)
    for name in call.needs:
        if name not in fields:
            raise RowError(f"a {call.type} call needs its {name}, which is empty")
    if "userId" not in fields and "anonymousId" not in fields:
        raise RowError("a call needs a userId or an anonymousId, and both are empty")
    context = {**fields.get("context", {}), "import": {"mapping": mapping.id, **origin}}
    return {"type": call.type, "messageId": message_id, **fields, "context": context}


def _message_id(key: bytes, nth: int, index: int) -> str:
    text = key + f"\0{nth}\0{index}".encode()
    return f"import-{blake2b(text, digest_size=16, person=b'import message').hexdigest()}"


def _fill(tree: Tree, row: Row, message_id: str) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name, field in tree.items():
        value = _fill(field, row, message_id) if isinstance(field, Mapping) else _read(field, row, message_id)
        if value is not None and value != {}:
            filled[name] = value
    return filled


def _read(field: Field, row: Row, message_id: str) -> str | int | float | bool | None:
    if isinstance(field, Constant):
        return field.value
    empty = _empty(row, field)
    if empty and field.required:
        raise RowError(f"column {empty[0]}: is empty, and the mapping requires it")
    if empty:
        return None
    if isinstance(field, Column):
        return _cell(row, field.name, field.how)
    values = [message_id if name == MESSAGE_ID else str(_cell(row, name, _TEXT)) for name in field.names]
    return field.texts[0] + "".join(value + text for value, text in zip(values, field.texts[1:], strict=True))


def _cell(row: Row, name: str, how: CellFormat) -> str | int | float | bool:
    try:
        return read_cell(_value(row, name), how)
    except CellError as error:
        raise RowError(f"column {name}: {error}") from error


def _value(row: Row, name: str) -> object:
    return row[name] if name in row else look_up(row, name)


def _empty(row: Row, field: Column | Template) -> list[str]:
    return [name for name in field.columns if is_empty(_value(row, name))]


def _leaves(tree: Tree) -> Iterator[Column | Template]:
    for field in tree.values():
        if isinstance(field, Mapping):
            yield from _leaves(field)
        elif not isinstance(field, Constant):
            yield field
