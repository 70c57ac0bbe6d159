"""Spellings of a path: what somebody said of a person is read in camel case and in snake case."""

import re

Path = tuple[str, ...]
_OPEN = (("traits",), ("properties",), ("context", "traits"))  # below them senders choose the names
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_STEP = re.compile(r"(?<=[A-Za-z0-9])_([A-Za-z0-9])")


def spellings(path: str) -> tuple[Path, ...]:
    """List the places that a path means, the one as it is written first."""
    names = tuple(path.split("."))
    root = next((root for root in _OPEN if names[: len(root)] == root), None)
    if root is None:
        return (names,)
    below = names[len(root) :]
    camel = (*root, *(_STEP.sub(lambda match: match[1].upper(), name) for name in below))
    snake = (*root, *(_HUMP.sub(lambda match: f"_{match[1].lower()}", name) for name in below))
    return tuple(dict.fromkeys((names, camel, snake)))
