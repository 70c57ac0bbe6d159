"""
Show a refused message without the people in it: what is not known to be harmless stands as `•••`.

A message that is edited in this form comes back whole: what still stands as `•••` is taken from the one that was sent.
"""

from collections.abc import Mapping
from typing import Any

from regulars.domain.classification import sort_fields
from regulars.domain.extraction import extract
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.telling import Own, tells, text_tells
from regulars.errors import DefinitionError

MASK = "•••"
_PLAIN = frozenset("type event name category timestamp originalTimestamp sentAt receivedAt channel version".split())
_IDS = ("userId", "anonymousId", "previousId", "groupId")
_SORTED = ("properties", "traits", "context")
_ABSENT: Any = object()


def mask(message: Any, rules: IdentityRules) -> Any:
    """Mask a message."""
    if not isinstance(message, Mapping):
        return MASK
    try:
        own = _own(message, rules)
        clear = _clear(message, own)
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return MASK  # nobody knows what it is
    shown: dict[str, Any] = {}
    for name, value in message.items():
        if text_tells(name, own):
            shown[MASK] = MASK
        elif name in _SORTED and isinstance(value, Mapping):
            shown[name] = _fields(value, clear[name], own)
        else:
            is_plain = name in _PLAIN and not isinstance(value, Mapping | list) and not tells(value, own)
            shown[name] = value if is_plain or value is None else MASK
    return shown


def unmask(edited: Any, sent: Any, masked: Any, path: str = "message") -> Any:
    """
    Put what stands as `•••` back as it was sent; `masked` is how that was shown.

    Raises DefinitionError where nothing was sent that could stand there.
    """
    if isinstance(edited, str) and edited == MASK:
        if sent is _ABSENT:
            raise DefinitionError(path, f"stands as {MASK}, and nothing was sent there: write a value")
        return sent
    if isinstance(edited, Mapping):
        before = sent if isinstance(sent, Mapping) else {}
        shown = masked if isinstance(masked, Mapping) else {}
        hidden = {name: value for name, value in before.items() if name not in shown} if MASK in edited else {}
        return hidden | {
            name: unmask(value, before.get(name, _ABSENT), shown.get(name), f"{path}.{name}")
            for name, value in edited.items()
            if name != MASK
        }
    if isinstance(edited, list):
        items = sent if isinstance(sent, list) else []
        more = [_ABSENT] * (len(edited) - len(items))
        return [
            unmask(value, item, None, f"{path}[{index}]")
            for index, (value, item) in enumerate(zip(edited, [*items, *more], strict=False))
        ]
    return edited


def revealed(sent: Any, mended: Any, rules: IdentityRules, given: Any = None) -> bool:
    """Say whether mending a message shows a value that was masked before, and that the repair itself did not give."""
    before, after = set(_leaves(mask(sent, rules))), set(_leaves(mask(mended, rules)))
    hidden = set(_leaves(sent)) - before
    return bool((after - before - set(_leaves(given))) & hidden)


def _own(message: Mapping[str, Any], rules: IdentityRules) -> Own:
    given = [message.get(name) for name in _IDS]
    said = [str(value) for value in given if isinstance(value, str | int)]
    return Own.of([identifier.value for identifier in extract(message, rules)] + said)


def _clear(message: Mapping[str, Any], own: Own) -> dict[str, Mapping[str, Any]]:
    """List the fields that are stored in clear, whole: of a URL, say, without its query not even that."""
    parts = {name: part if isinstance(part := message.get(name), Mapping) else {} for name in _SORTED}
    found = sort_fields(parts["properties"], parts["traits"], parts["context"], own)
    return {
        "properties": {n: v for n, v in found.properties.items() if n not in found.personal_properties},
        "traits": found.traits,
        "context": {n: v for n, v in found.context.items() if n not in found.personal_context},
    }


def _fields(fields: Mapping[str, Any], clear: Mapping[str, Any], own: Own) -> dict[str, Any]:
    return {MASK if text_tells(name, own) else name: clear.get(name, MASK) for name in fields}


def _leaves(content: Any) -> list[str]:
    found: list[str] = []
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif value is not None and not isinstance(value, bool):
            found.append(str(value))
    return found
