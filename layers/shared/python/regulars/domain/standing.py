"""
What a person consents to: a function of what each of their identifiers decided, so merge and unmerge give it again.

A decision made signed in is the person's and outranks every earlier one; a denial on any other identifier or device
that is not earlier, or that meets none, holds. What a device grants counts for itself, as long as nobody knows whose
it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from regulars.domain.decisions import (
    EVERYTHING,
    MAX_DEVICES,
    MAX_MATTERS,
    NO_DEVICE,
    OWN,
    UNREADABLE,
    Word,
    Words,
    matter_of,
)
from regulars.domain.identifiers import kind_of
from regulars.domain.purposes import NO_PURPOSES, Purpose, Purposes

Why = Literal["signed_in", "denied", "device", "unsaid", "basis"]


class Said(NamedTuple):
    """The last word of one device, or of an identifier itself, on one purpose; `matter` is how it was said."""

    word: Word
    owner: str
    by: str
    matter: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a purpose may go on, why, and the decision that made it so, if one did."""

    granted: bool
    why: Why
    said: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """
    All that the identifiers of a person decided, by owner; the purposes of the workspace; and who counts as known.

    `known` says that the person is; `kinds` are the kinds of identifiers that make a person known.
    """

    words: Mapping[str, Words] = field(default_factory=dict)
    purposes: Purposes = NO_PURPOSES
    known: bool = False
    kinds: frozenset[str] = frozenset()

    def allows(self, purpose: str, channel: str | None = None) -> bool:
        """
        Say whether a purpose may go on: the one gate before each send, export, delivery and decision.

        Of a purpose with channels, all of them must be allowed if none is named. What nobody defined is not allowed.
        """
        found = self.purposes.by_id.get(purpose)
        if found is None or (channel is not None and channel not in found.channels):
            return False
        asked: Iterable[str | None] = found.channels if channel is None and found.channels else (channel,)
        return all(self.standing(found, one).granted for one in asked)

    def allows_somehow(self, purpose: str) -> bool:
        """Say whether a purpose may go on by at least one of its channels: what serves it, and is no message itself."""
        found = self.purposes.by_id.get(purpose)
        return found is not None and any(self.allows(purpose, one) for one in found.channels or (None,))

    def standing(self, purpose: Purpose, channel: str | None) -> Standing:
        """Say how a person stands to a purpose, on one channel of it where it has any."""
        if not purpose.is_asked:
            return Standing(True, "basis")
        said = [one for owner in sorted(self.words) for one in self._of_owner(owner, purpose, channel)]
        signed_in = max((one for one in said if self._is_signed_in(one)), default=None)
        others = [one for one in said if not self._is_signed_in(one)]
        since = signed_in.word.at if signed_in else 0
        denied = max((one for one in others if one.word.denied and one.word.at >= since), default=None)
        if denied:
            return Standing(False, "denied", denied)
        if signed_in:
            return Standing(not signed_in.word.denied, "signed_in", signed_in)
        granted = max((one for one in others if not one.word.denied and self._counts(one, purpose)), default=None)
        return Standing(True, "device", granted) if granted else Standing(purpose.unsaid, "unsaid")

    def _is_signed_in(self, said: Said) -> bool:
        return said.by == OWN and said.word.proven and kind_of(said.owner) in self.kinds

    def _counts(self, said: Said, purpose: Purpose) -> bool:
        """Say whether a grant that nobody gave signed in is believed: anybody may send it in anybody's name."""
        return said.word.proven or not self.known or purpose.devices

    def _of_owner(self, owner: str, purpose: Purpose, channel: str | None) -> Iterator[Said]:
        """Give the last word of each device of an owner, and of the owner itself."""
        by_device: dict[str, dict[str, Word]] = defaultdict(dict)
        for (by, matter), word in self.words[owner].items():
            by_device[by][matter] = word
        matters = {matter_of(purpose.id), matter_of(purpose.id, channel)}
        tools = self.purposes.matters.get(purpose.id, {})
        for by, words in by_device.items():
            if last := max(_words(words, matters, tools), default=None):
                yield Said(last[0], owner, by, last[1])
        yield from _lost(owner, self.words[owner], matters.union(*tools.values(), _BROAD if tools else {EVERYTHING}))


_BROAD = frozenset({EVERYTHING, UNREADABLE})


def _words(
    words: Mapping[str, Word], matters: Iterable[str], tools: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Word, str]]:
    """List what a device said of a purpose: itself, of everything, or by the categories of a tool."""
    for matter in matters:
        if matter in words:
            yield words[matter], matter
    if EVERYTHING in words:
        yield words[EVERYTHING], EVERYTHING
    if UNREADABLE in words and tools:
        yield words[UNREADABLE], UNREADABLE
    for categories in tools.values():
        said = [(words[category], category) for category in categories if category in words]
        denied = [one for one in said if one[0].denied]
        if denied:
            yield max(denied)
        elif said and len(said) == len(categories):
            yield min(said)  # as old as the oldest of them: a denial since then holds


def _lost(owner: str, words: Words, matters: Set[str]) -> Iterator[Said]:
    """Count as a denial what may have been cut: devices beyond those that are kept, and matters beyond those."""
    for matter in sorted(matters):
        devices = sorted(word for (by, about), word in words.items() if about == matter and by not in (OWN, NO_DEVICE))
        if len(devices) + ((NO_DEVICE, matter) in words) >= MAX_DEVICES and devices:
            yield Said(devices[0]._replace(denied=True, proven=False), owner, NO_DEVICE, matter)
    for is_own in (True, False):
        named = {key: word for key, word in words.items() if (key[0] == OWN) == is_own}
        if len({matter for _, matter in named}) >= MAX_MATTERS:
            newest = max(named.values())
            yield Said(newest._replace(denied=True, proven=False), owner, NO_DEVICE, EVERYTHING)
