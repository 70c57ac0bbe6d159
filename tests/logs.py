"""What functions log, for tests that read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from logging import StreamHandler

from regulars.adapters.logs import logger


@contextmanager
def reading_logs() -> Iterator[StringIO]:
    """Collect what is logged meanwhile."""
    handler, lines = logger.registered_handler, StringIO()
    assert isinstance(handler, StreamHandler)
    before = handler.setStream(lines)
    try:
        yield lines
    finally:
        handler.setStream(before)
