"""What of a call's context may stand in clear: what is listed here, and of a page its path."""

import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from regulars.domain.looks import HIDDEN, Look, rest_of
from regulars.domain.telling import Own

CLEAR_CONTEXT = frozenset(
    "active app campaign consent consentManagement direct googleConsentMode gpc gpp gppString groupId import library"
    " locale network os protocols screen sessionId tcString tcf tcfString timezone".split()
)
_CONSENT = frozenset({"consent", "consentManagement", "googleConsentMode"})  # there `email` is a channel
_PLAIN = 2  # the form of marshal in which equal content is written equally, whatever of it is one object

Halves = tuple[Mapping[str, Any], Mapping[str, Any]]  # in clear, and personal


@dataclass(frozen=True, slots=True)
class Contexts:
    """Sorts contexts; the calls of a request mostly share one, which is sorted once for all whom it does not tell."""

    _seen: dict[bytes, tuple[str, Halves]] = field(default_factory=dict, repr=False)

    def sort(self, context: Mapping[str, Any], own: Own) -> Halves:
        """Sort the fields of a context into clear and personal."""
        print = marshal.dumps(cast(dict[str, Any], context), _PLAIN)
        written, halves = self._seen.get(print, ("", None))
        if halves is not None and not own.may_be_in(written):
            return halves
        written, halves, is_own = _sort(context, own)
        if not is_own:
            self._seen[print] = written, halves
        return halves


def sort_context(context: Mapping[str, Any], own: Own) -> Halves:
    """Sort the fields of a context into clear and personal."""
    return _sort(context, own)[1]


def _sort(context: Mapping[str, Any], own: Own) -> tuple[str, Halves, bool]:
    """Sort fields; say too in which text one must look for an identifier, and whether there may be one of this call."""
    page = context.get("page")
    path = page.get("path") if isinstance(page, Mapping) else None
    named = {name: value for name, value in context.items() if name in CLEAR_CONTEXT}
    written = repr([named, path])
    look = Look.at(written, own)
    clear = _clear(named, path, look)
    return written, (clear, rest_of(context, clear)), look.own is not None


def _clear(named: Mapping[str, Any], path: object, look: Look) -> Mapping[str, Any]:
    clear = {
        name: shown
        for name, value in named.items()
        if (shown := look.value(name, value, named=name not in _CONSENT)) is not HIDDEN
    }
    if isinstance(path, str) and (shown := look.value("path", path)) is not HIDDEN:
        clear["page"] = {"path": shown}
    return clear
