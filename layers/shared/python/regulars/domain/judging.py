"""What a tracking plan says of one event, and who says it; the plan itself is in `plans`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from regulars.domain.messages import Message
from regulars.domain.plan_privacy import NOTHING, Declared
from regulars.domain.telling import Own, text_tells

if TYPE_CHECKING:
    from regulars.domain.violations import Violation

Unplanned = Literal["allow", "warn", "quarantine"]
OTHER = "(other)"
_LONGEST_RELEASE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What of an event its plan does not allow: the event's name or type, the release that sent it, and each violation.

    Those that were `dropped` for it are not in the event any more.
    """

    event: str
    release: str
    violations: "Sequence[Violation]"
    dropped: "Sequence[Violation]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a plan says of an event: the message as it may be stored, and what is personal in it."""

    message: Message
    declared: Declared = NOTHING
    report: Report | None = None


class Judge(Protocol):
    """Judges events by a plan."""

    def judge(self, message: Message, own: Own, unplanned: Unplanned) -> Judgement:
        """
        Judge a message; `unplanned` is what becomes of an event that no plan names.

        Raises PlanError.
        """

    def look(self, message: Message, own: Own) -> Judgement:
        """Say what a plan says of a message as it is: nothing is left out of it, and nothing refused."""


def release_of(message: Message, own: Own) -> str:
    """Name the release of the sender's app, empty where it says none."""
    app = message.context.get("app")
    version = app.get("version") if isinstance(app, dict) else None
    if not isinstance(version, str) or not version.strip():
        return ""
    is_one = len(version) <= _LONGEST_RELEASE and version.isprintable() and not text_tells(version, own)
    return version if is_one else OTHER
