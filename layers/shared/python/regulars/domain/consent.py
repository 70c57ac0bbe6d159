"""
What a person has agreed to, as an event says it, and what a source therefore leaves out.

Consent tools tell decisions by category, each with names of its own; a source says which categories a purpose of its
needs, and what becomes of an event without them. What cannot be read is a denial.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.domain import gpp_strings, tc_strings
from regulars.errors import SuppressedError

GPC = "gpc"  # denied by the header `Sec-GPC: 1`, else allowed
OPTED_OUT = "gpc"  # the field of a context in which the door notes that header
ROOTS = frozenset({"properties", "traits", "context"})
_TCF = ("tcString", "tcfString", "tcf")  # under these names, in `context.consent` or in `context`
_GPP = ("gppString", "gpp")  # as well
BESIDE = frozenset({*_TCF, *_GPP, "googleConsentMode"})  # where a context says consent beside `consent`
_GOOGLE = {"granted": True, "denied": False}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """
    One thing that a source does with events, and the categories that all must be allowed for it.

    `unsaid` is what holds of a category that nobody decided. Without consent an event loses the fields under `strip`;
    where none are named it is not stored.
    """

    name: str
    categories: tuple[str, ...]
    unsaid: bool = True
    strip: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided by category; `is_broken` if a part of it cannot be read."""

    said: Mapping[str, bool] = field(default_factory=dict)
    is_broken: bool = False

    def allow(self, purpose: Purpose) -> bool:
        """Say whether a purpose may go on."""
        return not self.is_broken and all(self.said.get(name, purpose.unsaid) for name in purpose.categories)


def read_decisions(context: Mapping[str, Any], *, opted_out: bool, at: int | None = None) -> Decisions:
    """
    Read what consent tools of Segment, RudderStack, Jitsu, the TCF, the GPP and Google put into a context.

    `opted_out` says that the browser sent `Sec-GPC: 1`. Of two words on a category the denial holds.
    """
    said = {GPC: not opted_out}
    try:
        tools = read_categories(context, at)
    except ValueError:
        return Decisions(is_broken=True)
    for tool, words in tools.items():
        for name, allowed in words.items():
            category = f"{tool}_{name}" if tool in ("tcf", "gpp") else name
            said[category] = allowed and said.get(category, True)
    return Decisions(said)


def read_categories(context: Mapping[str, Any], at: int | None = None) -> Mapping[str, Mapping[str, bool]]:
    """
    Read what each consent tool says in a context, by its own names of categories; those of the TCF are numbers.

    A string may be too old for the instant (microseconds) at which it is said, if that is known.

    Raises ValueError for what cannot be read.
    """
    consent = context.get("consent") or {}
    if not isinstance(consent, Mapping):
        raise ValueError("consent is an object")
    strings = [place[name] for place in (consent, context) for name in _GPP if place.get(name) is not None]
    platform = [_gpp(string, at) for string in strings]
    tcf = [place[name] for place in (consent, context) for name in _TCF if place.get(name) is not None]
    tools = {
        "segment": [_preferences(consent.get("categoryPreferences"))],
        "rudderstack": [_lists(context.get("consentManagement"))],
        "tcf": [*(_tcf(string, at) for string in tcf), *(purposes for _, purposes in platform)],
        "gpp": [opted_out for opted_out, _ in platform],
        "google": [_google(place.get("googleConsentMode")) for place in (consent, context)],
    }
    return {tool: _together(words) for tool, words in tools.items()}


def _together(words: Iterable[Mapping[str, bool]]) -> Mapping[str, bool]:
    """Put together what a tool said in several places: of two words on a category the denial holds."""
    said: dict[str, bool] = {}
    for each in words:
        for name, allowed in each.items():
            said[name] = allowed and said.get(name, True)
    return said


def keep_to(
    purposes: Sequence[Purpose],
    fields: Mapping[str, Any],
    *,
    opted_out: bool,
    decides: bool = False,
    at: int | None = None,
) -> Mapping[str, Any]:
    """
    Leave out of a message what its sender did not agree to; one that `decides` what they agree to is always heard.

    Raises SuppressedError if nothing of it may be stored.
    """
    decisions = read_decisions(fields["context"], opted_out=opted_out, at=at)
    denied = [purpose for purpose in purposes if not decisions.allow(purpose)]
    refused = [purpose.name for purpose in denied if not purpose.strip]
    if refused and not decides:
        raise SuppressedError(f"the person did not agree to {', '.join(refused)}")
    return _without(fields, {path for purpose in denied for path in purpose.strip})


def _without(fields: Mapping[str, Any], paths: Iterable[Path]) -> Mapping[str, Any]:
    for path in sorted(paths):
        fields = _cut(fields, path)
        if path[0] == "traits":
            fields = _cut(fields, ("context", *path))  # where RudderStack has them
    return fields


def _cut(content: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    name, *rest = path
    if name not in content:
        return content
    if not rest:
        return {other: value for other, value in content.items() if other != name}
    inner = content[name]
    return {**content, name: _cut(inner, tuple(rest))} if isinstance(inner, Mapping) else content


def _preferences(raw: object) -> Mapping[str, bool]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or not all(isinstance(value, bool) for value in raw.values()):
        raise ValueError("preferences are true or false by category")
    return raw


def _lists(raw: object) -> Mapping[str, bool]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise ValueError("consent management is an object")
    allowed, denied = _names(raw.get("allowedConsentIds")), _names(raw.get("deniedConsentIds"))
    return {**dict.fromkeys(allowed, True), **dict.fromkeys(denied, False)}


def _google(raw: object) -> Mapping[str, bool]:
    """Read the state of Google's Consent Mode: `granted` or `denied` by key; one that is not set is not there."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or not all(value in _GOOGLE for value in raw.values() if isinstance(value, str)):
        raise ValueError("consent mode is granted or denied by key")
    if not all(isinstance(value, str) for value in raw.values()):
        raise ValueError("consent mode is a text by key")
    return {name: _GOOGLE[value] for name, value in raw.items()}


def _names(raw: object) -> Sequence[str]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise ValueError("ids of consent are a list of texts")
    return raw


def _tcf(raw: object, at: int | None) -> Mapping[str, bool]:
    """Read the purposes of a TCF string of version 2, `1` to `24`. Raises ValueError."""
    decoded = tc_strings.decode(_string(raw))
    if not decoded.is_valid(at):
        raise ValueError("a consent string is no older than 13 months, and names the vendors that were disclosed")
    return {str(number): allowed for number, allowed in enumerate(decoded.consents, start=1)}


def _gpp(raw: object, at: int | None) -> tuple[Mapping[str, bool], Mapping[str, bool]]:
    """Read what a GPP string opts out of, and its purposes of the TCF. Raises ValueError."""
    decoded = gpp_strings.decode(_string(raw))
    return dict.fromkeys(decoded.opted_out, False), _tcf(decoded.tcf, at) if decoded.tcf is not None else {}


def _string(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError("a consent string is a text")
    return raw
