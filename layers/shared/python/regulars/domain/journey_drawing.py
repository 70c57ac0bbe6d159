"""A picture of a journey as a Mermaid flow chart, for README files, wikis and whoever has to agree to it."""

from regulars.domain.journey_wording import (
    NOBODY,
    RARELY,
    entry_in_words,
    signal_in_words,
    step_in_words,
    ways_in_words,
)
from regulars.domain.journeys import Anew, Journey, Leave, Repeat, Step, Steps, turns
from regulars.domain.wording import long

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,.:-_/+()=€£$?!@")
_END = "leave"
_SHAPES = {"Hold": "{{%s}}", "Branch": "{%s}", "Split": "{%s}", "Exit": "([%s])", "Move": "([%s])"}
_Loose = list[tuple[str, str]]  # where ways come from that nothing follows yet, and what is written on them


def draw(journey: Journey) -> str:
    """Draw a journey. Whatever a definition says is text in the picture and never markup."""
    drawing = _Drawing()
    drawing.lines.append(f"  enter([{_label(entry_in_words(journey.entry))}])")
    loose: _Loose = [("enter", "")]
    if journey.holdout:
        drawing.lines.append(f"  holdout([{_label('held out, and only measured')}])")
        drawing.join([("enter", f"{journey.holdout} %")], "holdout")
        loose = [("enter", f"{100 - journey.holdout} %")]
    loose = drawing.steps(journey.steps, loose)
    drawing.lines.append(f"  {_END}([{_label('the end')}])")
    drawing.join([*loose, *drawing.left], _END)
    drawing.anywhere(journey)
    return "\n".join(["flowchart TD", *drawing.lines, ""])


class _Drawing:
    """Lines of a chart, and the ways that lead out of the journey."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.left: _Loose = []

    def steps(self, steps: Steps, loose: _Loose) -> _Loose:
        """Draw steps below what leads to them; say which ways lead on."""
        for step in steps:
            loose = self._step(step, loose)
        return loose

    def join(self, loose: _Loose, to: str) -> None:
        """Draw arrows."""
        self.lines += [f"  {one} -->{f'|{_label(label)}|' if label else ''} {to}" for one, label in loose]

    def anywhere(self, journey: Journey) -> None:
        """Draw what ends the journey wherever somebody is, and what it is for."""
        for number, signal in enumerate(journey.exits, start=1):
            self.lines.append(f"  exit_{number}([{_label(signal_in_words(signal))}])")
            self.lines.append(f"  exit_{number} -.->|{_label('at any time')}| {_END}")
        if goal := journey.goal:
            text = f"goal: {signal_in_words(goal.event)}, within {long(goal.within)}"
            self.lines.append(f"  goal([{_label(text)}])")
            if goal.exits:
                self.lines.append(f"  goal -.->|{_label('at any time')}| {_END}")

    def _step(self, step: Step, loose: _Loose) -> _Loose:
        if isinstance(step, Repeat):
            return self._repeat(step, loose)
        name = f"s_{step.id}"
        shape = _SHAPES.get(type(step).__name__, "[%s]")
        self.lines.append(f"  {name}{shape % _label(step_in_words(step))}")
        self.join(loose, name)
        onward: _Loose = []
        for way, label in zip(turns(step), ways_in_words(step), strict=True):
            if label in (NOBODY, RARELY):
                continue
            match way:
                case Leave():
                    self.left.append((name, label))
                case Anew():
                    self.join([(name, label)], name)
                case _:
                    onward += self.steps(way, [(name, label)])
        return _once(onward)

    def _repeat(self, step: Repeat, loose: _Loose) -> _Loose:
        self.lines.append(f"  subgraph s_{step.id} [{_label(f'{step.times} times')}]")
        onward = self.steps(step.steps, loose)
        self.lines.append("  end")
        return onward


def _once(loose: _Loose) -> _Loose:
    """Leave out a second arrow between the same two that says nothing more."""
    return list(dict.fromkeys(loose))


def _label(text: str) -> str:
    """Write a text so that it is nothing but text: all that could be markup as the number of its character."""
    return '"' + "".join(letter if letter in _SAFE else f"#{ord(letter)};" for letter in text) + '"'
