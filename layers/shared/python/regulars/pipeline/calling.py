"""
Call a webhook at a place of a passage: claimed first, so that it is called once; what it answers is kept sealed.

Of a call whose answer did not come it is not known whether it did something: it counts as failed, and is not repeated.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.instants import to_text
from regulars.domain.journeys import Webhook
from regulars.domain.passages import Message, Passage
from regulars.domain.send_ledger import settled
from regulars.domain.stepping import answered
from regulars.domain.values import find
from regulars.errors import ConflictError, ErasedError, NotAcceptedError, UnavailableError, UnknownOutcomeError
from regulars.pipeline.composing import Composer
from regulars.pipeline.delivering import DONE, TRIES, Answered, Ledger, a_message
from regulars.pipeline.gate import Gate, Seen
from regulars.pipeline.ports import Callee, Clock

MAX_ANSWER = 1_024  # characters of one thing that is kept of an answer
MAX_NUMBER = 10**18  # templates say none that is larger
_HALVES = re.compile("[\ud800-\udfff]")  # of a pair of signs in UTF-16: no text in UTF-8 has one


class Caller:
    """Calls the webhooks of journeys."""

    def __init__(self, *, gate: Gate, composer: Composer, callee: Callee, ledger: Ledger, clock: Clock) -> None:
        self._gate = gate
        self._composer = composer
        self._callee = callee
        self._ledger = ledger
        self._clock = clock

    def answer(self, passage: Passage, place: str, step: Webhook, live: Live) -> Answered:
        """Answer a place at which a webhook is called, which was not decided yet. Raises ConflictError."""
        now = self._clock()
        seen = self._gate.see(passage.owner, live)
        if seen is None or self._ledger.gives_way(passage, seen.home.owners):
            return DONE
        message = a_message(passage, place, step, now)
        if reason := _refusal(passage, step, seen, now):
            message = replace(message, outcome="refused", settled=now, reason=reason)
            left = answered(passage, 1)
            self._gate.refuse(message, left)
            return self._ledger.tell(message, left, 1)
        purpose = live.purposes.by_id.get(step.purpose)
        self._gate.claim(message, seen, passage, asked=purpose is not None and purpose.is_asked)
        message, here = replace(message, version=1), replace(passage, version=passage.version + 1)
        if not self._gate.is_bound(seen) and (reason := self._objection(here, step, live, now)):
            return self._end(settled(message, "failed", self._clock(), reason=reason), here, {})
        try:
            content = content_of(here, step, seen, now)
            told = mapped(step, self._callee.call(step.to, message.id, now, content))
        except UnknownOutcomeError:
            return self._end(settled(message, "unknown", self._clock()), here, {})
        except NotAcceptedError as error:
            return self._end(settled(message, "failed", self._clock(), reason=error.reason), here, {})
        return self._end(settled(message, "sent", self._clock()), here, told)

    def known(self, message: Message, passage: Passage) -> Answered:
        """Answer a place at which it was decided before; a claim without an answer has failed."""
        if message.outcome == "claimed":
            return self._end(settled(message, "unknown", self._clock()), passage, {})
        return self._ledger.tell(message, passage, passage.answers.get(message.place, 1))

    def _objection(self, passage: Passage, step: Webhook, live: Live, now: int) -> str:
        """Ask somebody with more identifiers than a transaction holds again, now that the claim is there."""
        seen = self._gate.see(passage.owner, live)
        return _refusal(passage, step, seen, now) if seen else "gone"

    def _end(self, message: Message, passage: Passage, told: Mapping[str, Any]) -> Answered:
        """Write down how a call ended, and how the passage stands with it. Raises ConflictError, UnavailableError."""
        way = 0 if message.outcome == "sent" else 1
        for _ in range(TRIES):
            left = self._left(passage, way, told)
            try:
                self._ledger.finish(message, left)
            except ConflictError:  # something was heard meanwhile: what was answered is still so
                found, standing = self._ledger.passage(passage.instance), self._ledger.message(passage, message.place)
                if found is None or standing is None or standing.outcome != "claimed":
                    raise
                passage = found
            else:
                return self._ledger.tell(message, left, way)
        raise UnavailableError("what a webhook answered could not be written down: too many write at once")

    def _left(self, passage: Passage, way: int, told: Mapping[str, Any]) -> Passage:
        left = answered(passage, way)
        if not told:
            return left
        try:
            return replace(left, told=self._composer.seal(passage, {**self._composer.told(passage), **told}))
        except ErasedError:  # what is kept of them goes, this with it
            return left


def mapped(step: Webhook, answer: object) -> dict[str, Any]:
    """Keep of an answer what the step names, if that is there, and is a number, a truth value or a short text."""
    if not isinstance(answer, Mapping):
        return {}
    found = {name: find(answer, path) for name, path in step.answers}
    return {name: value for name, value in found.items() if _is_kept(value)}


def content_of(passage: Passage, step: Webhook, seen: Seen, now: int) -> dict[str, Any]:
    """Say what a webhook is told: who, by the id of their profile, where they are, and what they entered by."""
    return {
        "type": "journey.step",
        "timestamp": to_text(now),
        "data": {
            "journey": passage.journey,
            "version": passage.number,
            "step": step.id,
            "passage": passage.id,
            "profileId": seen.home.profile_id,
            "entry": {"key": passage.key, "properties": dict(passage.bound)},
        },
    }


def _refusal(passage: Passage, step: Webhook, seen: Seen, now: int) -> str:
    if seen.person.restricted:
        return "restricted"
    if step.purpose and not seen.person.consent.allows_somehow(step.purpose):
        return "consent"
    return "stopped" if passage.has_ended(now) else ""


def _is_kept(value: object) -> bool:
    """Say whether a value can be kept, and be said: no half of a sign, no number that is none or has no end."""
    match value:
        case bool():
            return True
        case int() | float():
            return abs(value) < MAX_NUMBER
        case str():
            return len(value) <= MAX_ANSWER and not _HALVES.search(value)
        case _:
            return False
