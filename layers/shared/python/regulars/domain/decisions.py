"""
What an identifier has decided on consent: of each device, and of the person signed in, the last word on each matter.

A matter is a purpose (`purpose:newsletter`, or on one channel `purpose:newsletter/email`), a category of a consent tool
(`segment:C0004`, `tcf:3`, `gpc`), everything, or what could not be read. Which purposes a category stands for is asked
later: what is kept knows no catalog. Words add up to the newest of each, whatever their order; where a device, or their
number, goes beyond what is kept, that counts as a denial.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from regulars.domain.consent import BESIDE, GPC, OPTED_OUT, read_categories
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.reserved_events import CONSENT_EVENTS, GIVEN

PURPOSE = "purpose:"
EVERYTHING = "everything"  # withdrawn at once: nothing is named
UNREADABLE = "unreadable"  # a consent tool said what cannot be read: of all that such tools decide
MAX_DEVICES = 32  # of one identifier, that decided the same matter
MAX_MATTERS = 100  # of one identifier: those decided signed in, and those that devices decided
LONGEST = 100  # characters of a category
OWN = ""  # by nobody but the owner itself: signed in, or the device that it is
NO_DEVICE = "?"  # said of somebody by whoever: it can deny, and take nothing back
_DEVICE = "anonymous_id"
_SAYS = frozenset({"consent", "consentManagement", OPTED_OUT, *BESIDE})
_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")

By = tuple[str, str]  # who said it, and on which matter


class Word(NamedTuple):
    """One decision: its instant (microseconds), whether it was denied, by which event, and whether that is proven."""

    at: int
    denied: bool
    moment: str
    proven: bool


Words = Mapping[By, Word]


def says(event: Event) -> bool:
    """Say whether an event tells of a decision: one look at most of them."""
    return not _SAYS.isdisjoint(event.context) or event.name in CONSENT_EVENTS


def words_of(event: Event) -> Words:
    """
    Read the decisions of an event.

    Signed in, or said by a server, they are those of its owner. Else they are those of the device that it names beside
    the owner; where it names none, only denials count.
    """
    by = _by(event)
    words = {}
    for matter, granted in _matters(event).items():
        if granted and by == NO_DEVICE:
            continue
        words[by, matter] = Word(event.at, not granted, event.moment, event.proven)
    return words


def add_words(one: Words, other: Words) -> Words:
    """Take the newest word of each; of two at one instant the denial."""
    if not one or not other:
        return one or other
    return _cut({**one, **{key: max(word, one[key]) if key in one else word for key, word in other.items()}})


def is_purpose(text: object) -> bool:
    """Say whether a text may name a purpose, or a channel of one."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def matter_of(purpose: str, channel: str | None = None) -> str:
    """Name what a decision on a purpose is about: all its channels, or one."""
    return f"{PURPOSE}{purpose}/{channel}" if channel else f"{PURPOSE}{purpose}"


def _by(event: Event) -> str:
    if event.proven or kind_of(event.owner) == _DEVICE:
        return OWN
    return next((link for link in event.links if kind_of(link) == _DEVICE), NO_DEVICE)


def _matters(event: Event) -> Mapping[str, bool]:
    matters: dict[str, bool] = {}
    try:
        matters = _categories(event.context, event.at)
    except ValueError:
        matters[UNREADABLE] = False
    if event.context.get(OPTED_OUT) is True:
        matters[GPC] = False
    if event.name in CONSENT_EVENTS:
        matters |= _said(event.properties, granted=event.name == GIVEN)
    return matters


def _categories(context: Mapping[str, Any], at: int) -> dict[str, bool]:
    tools = read_categories(context, at)
    found = {f"{tool}:{name}": allowed for tool, said in tools.items() for name, allowed in said.items()}
    if len(found) >= MAX_MATTERS or any(len(name) > LONGEST for name in found):
        raise ValueError("so many categories, or such names, are no decision")
    return found


def _said(properties: Mapping[str, Any], *, granted: bool) -> Mapping[str, bool]:
    """Read a decision on a purpose; a withdrawal that does not say of what is one of everything."""
    purpose, channel = properties.get("purpose"), properties.get("channel")
    is_read = is_purpose(purpose) and (channel is None or is_purpose(channel))
    if not is_read:
        return {} if granted else {EVERYTHING: False}
    return {matter_of(str(purpose), None if channel is None else str(channel)): granted}


def _cut(words: Mapping[By, Word]) -> Words:
    """
    Keep so many matters, the first by name, and of each the newest words of so many devices: cuts that know no order.

    What devices say of somebody never takes the place of what was said signed in.
    """
    if len(words) <= min(MAX_DEVICES, MAX_MATTERS):
        return words
    kept: dict[By, Word] = {}
    for is_own in (True, False):
        matters: dict[str, list[By]] = defaultdict(list)
        for key in words:
            if (key[0] == OWN) == is_own:
                matters[key[1]].append(key)
        for matter in sorted(matters, key=_rank)[:MAX_MATTERS]:
            newest = sorted(matters[matter], key=lambda key: (key[0] == NO_DEVICE, words[key], key))
            kept |= {key: words[key] for key in newest[-MAX_DEVICES:]}
    return kept


def _rank(matter: str) -> tuple[bool, str]:
    """What was said of purposes comes before what tools call their categories."""
    return matter not in (EVERYTHING, UNREADABLE) and not matter.startswith(PURPOSE), matter
