"""The figures of identity, printed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from benchmarks import acts, components, large_person
from benchmarks.components import NETWORKX, OURS, SPLINK, Taken
from benchmarks.tables import console, table
from tests.world import hot_trial

OTHERS = 1_000  # that come while one does four times as much as all of them


def print_acts() -> list[dict[str, Any]]:
    """Count what identity does."""
    measured = acts.measure()
    shown = table("Units of identity", "what", "write", "expected", "read", "by table", "made of")
    for one in measured:
        by_table = f"w: {_list(one.writes)}\nr: {_list(one.reads)}"
        shown.add_row(one.name, str(one.write_units), str(one.expected), f"{one.read_units:g}", by_table, one.words)
    console.print(shown)
    return [asdict(one) for one in measured]


def print_graph() -> list[dict[str, Any]]:
    """Measure who belongs together over up to five million edges."""
    if not components.are_peers_there():
        console.print(components.MISSING)
    measured = components.measure()
    shown = table("Who belongs together", "method", "edges", "groups", "s of a core", "of Splink's", "MB at the peak")
    for one in measured:
        splink = next((each.seconds for each in measured if (each.method, each.edges) == (SPLINK, one.edges)), None)
        ratio = f"{one.seconds / splink:.2f}" if splink else ""
        shown.add_row(
            one.method, f"{one.edges:,}", f"{one.groups:,}", f"{one.seconds:.2f}", ratio, f"{one.megabytes:,}"
        )
    console.print(shown)
    for size in sorted({one.edges for one in measured}):
        console.print(f"{size:,} edges: {_verdict([one for one in measured if one.edges == size])}")
    return [asdict(one) for one in measured]


def print_hot() -> dict[str, Any]:
    """Let four fifths of the traffic be one visitor's, and say how long the others wait for it."""
    measured = {"without": hot_trial.trial(OTHERS, hot=False), "with": hot_trial.trial(OTHERS, hot=True)}
    shown = table(
        f"A hot owner beside {OTHERS:,} others", "", "ms to count", "ms to evaluate", "lost", "twice", "bytes"
    )
    for name, one in measured.items():
        waits = (f"{one.counted / 1_000:.0f}", f"{one.evaluated / 1_000:.0f}")
        shown.add_row(f"{name} the hot one", *waits, str(one.lost), str(one.doubled), str(one.largest))
    console.print(shown)
    beside, alone = measured["with"], measured["without"]
    ratios = {"counted": beside.counted / alone.counted, "evaluated": beside.evaluated / alone.evaluated}
    console.print(f"95 of 100 others wait {ratios['counted']:.2f} and {ratios['evaluated']:.2f} times as long")
    return {"others": OTHERS, **{name: asdict(one) for name, one in measured.items()}, "ratios": ratios}


def print_person() -> list[dict[str, Any]]:
    """Read a person of fifty identifiers and a hundred thousand events."""
    measured = large_person.measure()
    identifiers = large_person.DEVICES + 1
    shown = table(f"A person of {identifiers} identifiers", "what is read", "events", "read units", "calls", "by table")
    for one in measured:
        shown.add_row(one.what, f"{one.events:,}", f"{one.read_units:g}", str(one.calls), _list(one.reads))
    console.print(shown)
    return [asdict(one) for one in measured]


def _verdict(measured: list[Taken]) -> str:
    ours = next(one for one in measured if one.method == OURS)
    others = [one.method for one in measured if one.method in (NETWORKX, SPLINK)]
    wrong = [one.method for one in measured if one.partition != ours.partition]
    if wrong:
        return f"{', '.join(wrong)} found other groups than ours"
    return f"the groups are those of {' and '.join(others)}" if others else "nobody to compare with"


def _list(units: Mapping[str, float]) -> str:
    return " ".join(f"{name} {number:g}" for name, number in units.items())
