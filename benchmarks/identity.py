"""The figures of identity, printed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from benchmarks import acts, components
from benchmarks.components import NETWORKX, OURS, SPLINK, Taken
from benchmarks.tables import console, table


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


def _verdict(measured: list[Taken]) -> str:
    ours = next(one for one in measured if one.method == OURS)
    others = [one.method for one in measured if one.method in (NETWORKX, SPLINK)]
    wrong = [one.method for one in measured if one.partition != ours.partition]
    if wrong:
        return f"{', '.join(wrong)} found other groups than ours"
    return f"the groups are those of {' and '.join(others)}" if others else "nobody to compare with"


def _list(units: Mapping[str, float]) -> str:
    return " ".join(f"{name} {number:g}" for name, number in units.items())
