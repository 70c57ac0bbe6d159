"""What of a value may stand in clear: all of it, less than all, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any, Self

from regulars.domain.numbers import to_amount
from regulars.domain.payloads import Ambiguous
from regulars.domain.personal_names import is_amount_name, personal_properties
from regulars.domain.telling import Own, number_tells, text_tells
from regulars.domain.urls import without_query

HIDDEN: Any = object()
_NESTED = frozenset({dict, list, Ambiguous})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """
    How closely content has to be looked at.

    Texts and numbers are compared with `own`, unless it is known that none of them tells anybody; `plain` says that
    no text holds a query either, so that names alone decide.
    """

    own: Own | None
    plain: bool = False

    @classmethod
    def at(cls, written: str | None, own: Own) -> Self:
        """Take a first look at written content: most of it tells nobody, and need not be looked through."""
        if written is None or own.may_be_in(written):
            return cls(own)
        return cls(None, "?" not in written and "#" not in written)

    def is_told(self, name: str) -> bool:
        """Say whether the name of a field tells somebody."""
        return self.own is not None and text_tells(name, self.own)

    def value(self, name: str, value: Any, *, named: bool = True) -> Any:
        """Give what may be shown of a value: itself, less than itself, or HIDDEN."""
        if isinstance(value, list):
            return self._items(name, value, named=named)
        if isinstance(value, dict):
            return self.fields(name, value, named=named)
        if self.plain:
            return value
        if isinstance(value, str):
            shown = self._text(value)
            return value if shown is HIDDEN and _is_amount(name, value) else shown
        is_told = self.own is not None and number_tells(value, self.own) and not is_amount_name(name)
        return HIDDEN if is_told else value

    def fields(self, within: str, fields: Mapping[str, Any], *, named: bool = True) -> Mapping[str, Any]:
        """Show an object; true, false and null name nobody, whatever the field is called."""
        personal = personal_properties(tuple(fields), within) if named else _NONE
        if self.plain:
            return self._by_name(fields, personal, named=named)
        shown: dict[str, Any] = {}
        for name, value in fields.items():
            if self.is_told(name) or (name in personal and not _is_silent(value)):
                continue
            if (one := self.value(name, value, named=named)) is not HIDDEN:
                shown[name] = one
        is_whole = len(shown) == len(fields) and all(map(is_, shown.values(), fields.values()))
        return fields if is_whole else shown

    def _by_name(self, fields: Mapping[str, Any], personal: frozenset[str], *, named: bool) -> Mapping[str, Any]:
        hidden = [name for name in personal if not _is_silent(fields[name])] if personal else ()
        changed: dict[str, Any] = {}
        for name, value in fields.items():
            if type(value) in _NESTED and (shown := self.value(name, value, named=named)) is not value:
                changed[name] = shown
        if not hidden and not changed:
            return fields
        return {name: changed.get(name, value) for name, value in fields.items() if name not in hidden}

    def _items(self, name: str, value: list[Any], *, named: bool) -> list[Any]:
        """Show the items of a list, null in the place of a hidden one, so that the others keep their places."""
        if self.plain and _NESTED.isdisjoint(map(type, value)):
            return value
        shown = [self.value(name, inner, named=named) for inner in value]
        return value if all(map(is_, shown, value)) else [None if inner is HIDDEN else inner for inner in shown]

    def _text(self, text: str) -> Any:
        if self.own is not None and text_tells(text, self.own):
            return HIDDEN
        cut = without_query(text)
        return text if cut is text else cut or HIDDEN


def rest_of(fields: Mapping[str, Any], clear: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the fields that do not stand in clear as they are."""
    if clear is fields:
        return {}
    return {name: value for name, value in fields.items() if clear.get(name, HIDDEN) is not value}


def _is_silent(value: object) -> bool:
    return value is None or value is True or value is False


def _is_amount(name: str, value: object) -> bool:
    return is_amount_name(name) and to_amount(value) is not None
