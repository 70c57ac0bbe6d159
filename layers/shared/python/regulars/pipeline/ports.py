"""What the pipeline asks of the world besides tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from regulars.domain.journey_deeds import JourneyEvent
from regulars.domain.timers import Timer
from regulars.domain.transitions import Reason

T = TypeVar("T")
R = TypeVar("R")
Clock = Callable[[], int]  # microseconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """
    One profile entered or left one segment; `number` counts the transitions of this pair.

    `reason` says what woke the evaluation that found it, `backfill` that a new version of the segment did it.
    """

    profile_id: str
    segment: str
    entered: bool
    since: int
    number: int
    definition: int
    reason: Reason = "event"
    backfill: bool = False


class EvaluationQueue(Protocol):
    """Carries timers that are due within minutes."""

    def send(self, timers: Sequence[Timer], *, now: int) -> None:
        """Deliver each timer at or shortly after its instant, at least once."""


class Wanted(Protocol):
    """Carries what may move somebody on a journey: events that are listened to, entries, and what is left to do."""

    def send(self, messages: Sequence[Mapping[str, Any]], *, delay: int = 0) -> None:
        """Deliver each at least once, in any order, after so many seconds. Raises UnavailableError."""


class Machines(Protocol):
    """
    State machines that people go through journeys by; a passage is an execution under its id.

    Each call raises UnavailableError when it is not answered.
    """

    def create(self, name: str, definition: str) -> str:
        """Create a state machine, or find the one of this name and definition; give what names it from now on."""

    def delete(self, machine: str) -> None:
        """Remove a state machine; nothing happens when there is none."""

    def start(self, machine: str, passage: str, input: Mapping[str, Any]) -> None:
        """Start an execution, unless one of this passage was started before."""

    def stop(self, machine: str, passage: str, cause: str) -> None:
        """End an execution where it is; nothing happens when it has ended."""

    def release(self, token: str, answer: Mapping[str, Any]) -> bool:
        """Let who holds with a token go on with an answer; say whether they still held."""

    def running(self, machine: str, *, after: str | None = None) -> tuple[Sequence[str], str | None]:
        """List executions that are under way, by name, a page of them, and where to go on; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """
    A message as its channel sends it.

    `name` is how the ledger finds it again, opaque; `to` an address or a number; `unsubscribe` the link that withdraws
    in one click, empty where there is nothing to withdraw from. `sender` and `reply_to` are mailboxes, empty where
    those of the deployment hold; `link` is where a message in an app leads.
    """

    name: str
    to: str
    kind: Literal["marketing", "transactional"]
    subject: str
    html: str
    text: str
    unsubscribe: str = ""
    sender: str = ""
    reply_to: str = ""
    link: str = ""


class Messenger(Protocol):
    """Sends messages by one channel, each call once: nothing is tried again below it."""

    def send(self, outgoing: Outgoing) -> str:
        """
        Send a message; give the name by which the provider knows it.

        Raises NotAcceptedError when it was surely not taken, UnknownOutcomeError when perhaps it was.
        """


class Callee(Protocol):
    """Calls webhooks."""

    def call(self, webhook: str, id: str, at: int, content: Mapping[str, Any]) -> Any:
        """
        Post content, under an id that is the same for every try; give the answer as it was read from JSON.

        Raises NotAcceptedError when it surely did nothing, or said no; UnknownOutcomeError when perhaps it did.
        """


class Tell(Protocol):
    """Tells what journeys do, as events of the person."""

    def __call__(self, owner: str, /, *told: JourneyEvent) -> object:
        """Store each once under the identifier that the passage belongs to. Raises UnavailableError."""


class Bus(Protocol):
    """Tells the world of transitions."""

    def publish(self, transitions: Sequence[Transition]) -> None:
        """Publish all, at least once. Raises when any could not be."""


class Journal(Protocol):
    """Counts what happens, for metrics and logs; never sees a personal field."""

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """Add to a metric."""


class Sealer(Protocol):
    """Seals and opens personal fields with a key of their owner, and names identifiers without telling them."""

    @property
    def hash_key(self) -> bytes:
        """The workspace's key for the hash of identifiers, 32 bytes."""

    def prepare(self, owners: Sequence[str], named: Iterable[str] = ()) -> int:
        """
        Have a stored data key for each of these owners before anything is sealed with it; say how many are new.

        `named` are others of whom it matters whether they were erased.
        """

    def is_erased(self, owner: str) -> bool:
        """Say whether an owner was erased, of those who were prepared or named a moment ago."""

    def seal(self, owner: str, field: str, content: bytes) -> bytes:
        """Seal content for an owner; `field` is bound to it as associated data."""

    def open(self, owner: str, field: str, sealed: bytes) -> bytes | None:
        """Open sealed content; None when the owner's key is gone."""


class Large(Protocol):
    """Where large things are. Each call raises UnavailableError when it does not answer."""

    def keys(self, prefix: str) -> Iterable[str]:
        """List the keys that begin so."""

    def delete(self, key: str) -> None:
        """Remove bytes; nothing happens when there are none."""


class Rewritable(Large, Protocol):
    """Where things lie that are read, and written anew."""

    def get(self, key: str) -> bytes | None:
        """Read bytes; None when there are none."""

    def put(self, key: str, content: bytes) -> None:
        """Store bytes, whatever stood there."""


class Many(Protocol):
    """Do the same for each of many, in order; an adapter does several at once, and never more than it can bear."""

    def __call__(self, do: Callable[[T], R], each: Iterable[T], /) -> Iterable[R]:
        """Give the results in the order of what they were asked for."""
