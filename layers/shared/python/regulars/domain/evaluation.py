"""A segment asked of a person at an instant answers twice: is it true, and when could time alone change that?"""

from dataclasses import dataclass

from regulars.domain.compiling import Compiled
from regulars.domain.people import Person


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is true, and the next instant at which time alone could change that."""

    truth: bool
    next_change_at: int | None


def evaluate(compiled: Compiled, person: Person, now: int) -> Verdict:
    """Decide whether a person is in a segment at an instant (microseconds)."""
    return Verdict(compiled.is_member(person, now), compiled.next_change(person, now))
