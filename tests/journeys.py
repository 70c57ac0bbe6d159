"""Random journeys as somebody might write them, and a reader of state machines that knows nothing of journeys."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

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


class Machines:
    """Runs state machines as the Amazon States Language says: tasks, waits, choices and ends, and no more."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._states: Mapping[str, Any] = definition["States"]
        self._start: str = definition["StartAt"]

    def run(self, answers: Iterator[int]) -> Iterator[str]:
        """Give the name of each state that somebody comes to and that asks or waits, up to the end."""
        name, answer = self._start, 0
        while (state := self._states[name])["Type"] != "Succeed":
            if state["Type"] == "Choice":
                name = next(each["Next"] for each in state["Choices"] if each["NumericEquals"] == answer)
                continue
            if state["Type"] == "Task" or ":" not in name:
                yield name
            if state["Type"] == "Task":
                answer = next(answers)
            name = state["Next"]
