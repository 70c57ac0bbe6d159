"""What a simulation comes to: how many entered, what was sent and what held back, who converted, what it would cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from regulars.domain.journey_lengths import transitions
from regulars.domain.journeys import Hold, Journey, Repeat, Send, Step, WaitForDate, every
from regulars.domain.simulation_stages import Passage

TRANSITION = 25  # dollars for a million transitions of Step Functions
EMAIL = 100  # dollars for a million e-mails by SES
_AROUND = 2  # of a passage: into its first state, and to its end


@dataclass(slots=True)
class Report:
    """
    Sums over passages, in the words of reports on journeys that are live (`journey_reports.py`).

    Who `entered` is held out, waits, or has ended (`endings`). `converted` are passages that met the goal, of those
    held out `held_out_converted`. `places` count what came of each place; a message that was held in quiet hours came
    to it more than once.
    """

    people: int = 0
    entered: int = 0
    entrants: int = 0
    held_out: int = 0
    waiting: int = 0
    converted: int = 0
    held_out_converted: int = 0
    transitions: int = 0
    emails: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    places: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def dollars(self) -> float:
        """What the state machine and the e-mails would cost at list price; text messages cost by country."""
        return (self.transitions * TRANSITION + self.emails * EMAIL) / 1_000_000

    def take(self, journey: Journey, passages: Iterable[Passage], refused: Mapping[str, int]) -> None:
        """Add one person."""
        by_email = {step.id for step in every(journey.steps) if isinstance(step, Send) and step.channel == "email"}
        self.people += 1
        self.refused.update(refused)
        entered = 0
        for passage in passages:
            entered += 1
            self._take(journey, passage, by_email)
        self.entered += entered
        self.entrants += bool(entered)

    def _take(self, journey: Journey, passage: Passage, by_email: set[str]) -> None:
        is_held_out = passage.ending == "held_out"
        self.converted += passage.converted is not None and not is_held_out
        self.held_out += is_held_out
        self.held_out_converted += passage.converted is not None and is_held_out
        if passage.ending is None:
            self.waiting += 1
        elif not is_held_out:
            self.endings[passage.ending] += 1
        if not is_held_out:
            steps = {step.id: step for step in every(journey.steps)}
            self.transitions += _AROUND + sum(_transitions(steps[_id(step.place)], step.came) for step in passage.steps)
        for step in passage.steps:
            self.places.setdefault(step.place, Counter())[step.came] += 1
            self.emails += step.came == "sent" and _id(step.place) in by_email


def in_order(journey: Journey, report: Report) -> list[tuple[str, Counter[str]]]:
    """List the places that somebody came to, as the journey has them; turns of one step one after the other."""
    ids = [step.id for step in every(journey.steps) if not isinstance(step, Repeat)]
    return sorted(report.places.items(), key=lambda one: (ids.index(_id(one[0])), len(one[0]), one[0]))


def _transitions(step: Step, came: str) -> int:
    match step, came:
        case Hold(), "time":
            return 1  # nothing is chosen
        case WaitForDate(), "missing":
            return 2  # nothing is waited for
        case Send(), "quiet":
            return transitions(step) + 1  # the wait; then it is asked again
        case _:
            return transitions(step)


def _id(place: str) -> str:
    return place.partition("#")[0]
