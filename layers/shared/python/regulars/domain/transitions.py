"""What is told of a transition: whether somebody entered, when, by which version, and why."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal["event", "time", "merge", "backfill", "archive", "retention"]


@dataclass(frozen=True, slots=True)
class Moved:
    """One transition of a membership: its number, whether the person entered, when, by which version, and why."""

    number: int
    entered: bool
    at: int
    definition: int
    reason: Reason
