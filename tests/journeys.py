"""Random journeys as somebody might write them, ways through them by lot, and what answers a state machine so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import LATER
from regulars.domain.journey_walks import Place, walk
from regulars.domain.journeys import END, Hold, Journey, Send, Step, every, turns
from regulars.errors import DefinitionError

EVENTS = ("Order Completed", "Product Viewed", "Signed Up")
SEGMENTS = ("vip", "lapsed")

signals = st.one_of(
    st.fixed_dictionaries({"event": st.sampled_from(EVENTS)}, optional={"same": st.just("cart_id")}),
    st.fixed_dictionaries({"segment": st.sampled_from(SEGMENTS), "change": st.sampled_from(["entered", "left"])}),
)
lengths = st.builds(
    lambda number, unit: f"{number} {unit}", st.integers(1, 20), st.sampled_from(["minutes", "hours", "days"])
)
conditions = st.sampled_from(
    [{"event": "Order Completed"}, {"trait": "plan", "equals": "pro"}, {"not": {"segment": "vip"}}]
)
times = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
weekdays = st.lists(st.sampled_from(["monday", "wednesday", "sunday"]), min_size=1, unique=True)
sends = st.fixed_dictionaries(
    {"channel": st.sampled_from(["email", "sms", "in_app"]), "template": st.sampled_from(["hello", "bye"])},
    optional={
        "class": st.sampled_from(["marketing", "transactional"]),
        "quiet": st.sampled_from(["hold", "skip"]),
        "purpose": st.just("orders"),
    },
)
plain_steps = st.one_of(
    st.builds(lambda length: {"wait": length}, lengths),
    st.builds(lambda at, days: {"wait": {"until": at, "days": days}}, times, weekdays),
    st.builds(
        lambda missing: {"wait": {"date": "renewal_date", "before": "7 days", "missing": missing}},
        st.sampled_from(["go_on", "exit"]),
    ),
    st.builds(lambda send: {"send": send}, sends),
    st.builds(
        lambda failed: {"webhook": {"to": "crm", "answers": {"code": "a.b"}, "failed": failed}},
        st.sampled_from(["go_on", "exit"]),
    ),
    st.just({"update": {"plan": "pro"}}),
    st.just({"join": "vip"}),
    st.just({"leave": "vip"}),
)
endings = st.sampled_from([[], ["exit"], [{"move": "welcome_back"}]])


def step_lists(depth: int = 2) -> st.SearchStrategy[list[Any]]:
    """Lists of steps, nested so deep at most."""
    if not depth:
        return st.builds(lambda steps, end: [*steps, *end], st.lists(plain_steps, max_size=2), endings)
    below = step_lists(depth - 1)
    ways = st.lists(st.builds(lambda signal, steps: {**signal, "steps": steps}, signals, below), min_size=1, max_size=2)
    again = st.lists(st.builds(lambda signal: {**signal, "restart": True}, signals), max_size=1)
    nested = st.one_of(
        st.builds(
            lambda at_most, some, more, rest: {"hold": {"at_most": at_most, "until": some + more, "otherwise": rest}},
            lengths,
            ways,
            again,
            below,
        ),
        st.builds(
            lambda when, one, other: {"branch": [{"when": when, "steps": one}, {"otherwise": other}]},
            conditions,
            below,
            below,
        ),
        st.builds(
            lambda percent, one, other: {
                "split": [
                    {"name": "a", "percent": percent, "steps": one},
                    {"name": "b", "percent": 50, "steps": other},
                ]
            },
            st.integers(1, 50),
            below,
            below,
        ),
        st.builds(lambda one, more: {"repeat": {"times": 2, "steps": [one, *more]}}, plain_steps, below),
    )
    return st.builds(
        lambda steps, end: [*steps, *end], st.lists(st.one_of(plain_steps, nested), min_size=1, max_size=3), endings
    )


journeys = st.fixed_dictionaries(
    {
        "enter": st.just({"event": "Product Added", "key": "cart_id"}),
        "steps": step_lists(),
        "purpose": st.just("newsletter"),
    },
    optional={
        "holdout": st.integers(1, 99),
        "goal": st.just({"event": "Order Completed", "same": "cart_id", "within": "7 days"}),
        "exit": st.lists(signals, max_size=2),
    },
).map(lambda made: {key: value for key, value in made.items() if key != "holdout" or "goal" in made})


def read(definition: Mapping[str, Any]) -> Journey:
    """Read a journey, or try another one where nothing could be reached."""
    try:
        return parse_journey("x", definition)
    except DefinitionError as error:
        assume(not any(said in error.message for said in ("never reached", "365 days", "once only", "50 steps")))
        raise


@dataclass(frozen=True, slots=True)
class Way:
    """A way through a journey by lot: the places and what was decided there, and how often messages were held back."""

    decisions: tuple[tuple[str, int], ...]
    moved: str | None  # to which journey
    quiet: Mapping[str, int]

    @property
    def places(self) -> list[str]:
        """The places in the order of the way."""
        return [place for place, _ in self.decisions]


def gone(journey: Journey, seed: int) -> Way:
    """Go through a journey by lot, as its meaning says; some messages are put off, by quiet hours or their provider."""
    random = Random(seed)

    def holds_back(step: Step) -> int:
        return random.choice((0, 0, 1, 2)) if isinstance(step, Send) else 0

    return going(journey, lambda place: random.randrange(len(turns(place.step))), holds_back)


def going(journey: Journey, choose: Callable[[Place], int], holds_back: Callable[[Step], int] = lambda _: 0) -> Way:
    """Go through a journey, at each place by the way that is chosen."""
    decisions, quiet = list[tuple[str, int]](), dict[str, int]()
    way = walk(journey.steps)
    try:
        place: Place = next(way)
        while True:
            answer = choose(place)
            decisions.append((place.name, answer))
            if held := holds_back(place.step):
                quiet[place.name] = held
            place = way.send(answer)
    except StopIteration as end:
        return Way(tuple(decisions), end.value, quiet)


def times_out(journey: Journey) -> Mapping[str, int]:
    """Tell by which number each hold is left whose time is over."""
    return {step.id: len(step.ways) for step in every(journey.steps) if isinstance(step, Hold)}


class Answers:
    """Answers each place as a way through a journey did, in its order, and notes what was decided."""

    def __init__(self, journey: Journey, way: Way, release: Callable[[str, Mapping[str, Any]], object]) -> None:
        self._left = {place: [each for name, each in way.decisions if name == place] for place in way.places}
        self._quiet, self._over, self._release = dict(way.quiet), times_out(journey), release
        self.decided: list[tuple[str, int]] = []
        self.asked = 0

    def __call__(self, payload: Mapping[str, Any], *, until: str) -> Mapping[str, Any] | None:
        """Answer as `journey_step` and `deliver` do; what waits, waits until an instant."""
        place = payload["place"]
        self.asked += 1
        if self._quiet.get(place):
            self._quiet[place] -= 1
            return {"way": LATER, "until": until}
        number = self._left[place].pop(0) if place != END else 0
        self.decided.append((place, number))
        if "token" not in payload:
            return {"way": number, "until": until}
        if number != self._over[place.partition("#")[0]]:
            self._release(payload["token"], {"way": number})
        return None
