"""Definitions of blocked values: texts that are no identifier."""

from regulars.domain.blocked_values import Blocked
from regulars.errors import DefinitionError


def parse_blocked(raw: object, path: str) -> Blocked:
    """Read a list of blocked values. Raises DefinitionError."""
    if not isinstance(raw, list):
        raise DefinitionError(path, 'is a list of texts, such as ["0000"]')
    for index, text in enumerate(raw):
        if not isinstance(text, str):
            raise DefinitionError(f"{path}[{index}]", f'is a text: write it in quotes, such as "{text}"')
    return Blocked(frozenset(text.lower() for text in raw))
