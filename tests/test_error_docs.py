"""Every code that an answer can carry is explained where the answer says, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from regulars.adapters.http import DOCS
from regulars.errors import ErasedError, InvalidEventError, RequestError, SuppressedError

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "layers" / "shared" / "python" / "regulars"
_ROW = re.compile(r'^\| <a id="(\w+)"></a>`(\w+)` \|(?: (\d{3}) \|)?', re.MULTILINE)


def request_errors(parent: type[RequestError] = RequestError) -> Iterator[type[RequestError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from request_errors(child)


def event_codes() -> set[str]:
    """The codes with which the library quarantines events, read from its calls."""
    trees = (ast.parse(path.read_text()) for path in LIBRARY.rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == InvalidEventError.__name__)
    first = (call.args[0] for call in named)
    written = {str(argument.value) for argument in first if isinstance(argument, ast.Constant)}
    return written | {SuppressedError("").code, ErasedError().code}


def test_explains_every_code_and_no_other() -> None:
    rows = _ROW.findall((ROOT / DOCS).read_text())

    assert {(code, status) for _, code, status in rows if status} == {
        (error.code, str(error.status)) for error in request_errors()
    }
    assert {code for _, code, status in rows if not status} == event_codes()
    assert all(anchor == code for anchor, code, _ in rows)
