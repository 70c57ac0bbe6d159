"""
Speed and cost: units counted by the biller, instructions counted by valgrind, dollars at list price.

`python -m benchmarks.bench PART…` prints tables and keeps what it found in .regulars/bench.json; without a
word it does every part.
"""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import (
    bill,
    encryption,
    identity,
    instructions,
    journey_reports,
    journeys,
    lateness,
    layer,
    parts,
    passages,
    recompute,
    rules,
    speed,
    units,
)
from benchmarks.bill import Deployed
from benchmarks.machine import machine
from benchmarks.tables import against, console, table
from infra.templates import resources, synthesize

REPORT = Path(".regulars/bench.json")
PARTS = (
    "units",
    "acts",
    "person",
    "hot",
    "speed",
    "bill",
    "layer",
    "graph",
    "recompute",
    "rules",
    "lateness",
    "encryption",
    "reports",
    "journeys",
)


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for."""
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; default: all")
    parts = parser.parse_args(arguments).parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)}; there are {', '.join(PARTS)}")
    found: dict[str, Any] = json.loads(REPORT.read_text()) if REPORT.is_file() else {}
    found |= {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    for part in PARTS:
        if part in parts and (measured := _MEASURE[part]()):
            found[part] = measured
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=2) + "\n")
    console.print(f"kept in {REPORT}")
    return 0


def _units() -> list[dict[str, Any]]:
    measured = units.measure()
    shown = table("Units an event", "mix", "write", "goal", "ratio", "read", "goal", "ratio", "calls", "by table")
    for one in measured:
        writes = " ".join(f"{name} {number:.2g}" for name, number in one.writes.items())
        reads = " ".join(f"{name} {number:.2g}" for name, number in one.reads.items())
        shown.add_row(
            one.mix,
            *against(one.write_units, one.goal_writes),
            *against(one.read_units, one.goal_reads),
            f"{one.requests:.2f}",
            f"w: {writes}\nr: {reads}",
        )
    console.print(shown)
    return [asdict(one) | {"write_units": one.write_units, "read_units": one.read_units} for one in measured]


def _speed() -> dict[str, Any]:
    if not instructions.is_there():
        console.print(instructions.MISSING)
        return {}
    starts, steps = speed.starts(console.print), speed.steps(console.print)
    console.print("counting the parts of an ingest")
    counted = parts.measure()
    shown = table("Cold starts", "start of", "M instructions", f"of {speed.BOTO3}")
    for one in starts:
        shown.add_row(one.name, f"{one.instructions:,.0f}", f"{one.ratio:.2f}")
    console.print(shown)
    shown = table("Work", "step", "k instructions an event", "against", "ratio")
    for one in steps:
        shown.add_row(one.name, f"{one.instructions:,.0f}", one.against, f"{one.ratio:.2f}")
    console.print(shown)
    shown = table("Parts of an ingest, everything on", "part", "k instructions an event", "of all")
    for name, number in counted.items():
        shown.add_row(name, f"{number:,.0f}", f"{number / sum(counted.values()):.0%}")
    console.print(shown)
    return {"starts": [asdict(one) for one in starts], "steps": [asdict(one) for one in steps], "parts": counted}


def _bill() -> dict[str, Any]:
    kept: dict[str, Any] = {"mixes": {}}
    for one in units.measure():
        goal = one.goal_dollars
        if goal is None:
            continue
        paper, waits = bill.of_events(one), bill.of_events(one, waits=True)
        shown = table(f"A million events: {one.mix}", "item", "$", "$ if each call waits 4 ms")
        for item, dollars in paper.items():
            shown.add_row(item, f"{dollars:.3f}", f"{waits[item]:.3f}")
        shown.add_row("together", f"{bill.total(paper):.2f}", f"{bill.total(waits):.2f}")
        shown.add_row(f"goal {goal:.2f}, naive {bill.NAIVE}", f"{bill.total(paper) / goal:.2f} of the goal", "")
        console.print(shown)
        kept["mixes"][one.mix] = {"paper": paper, "waits": waits, "together": bill.total(paper), "goal": goal}
    idle = bill.of_an_idle_month(_deployed())
    shown = table("A month without an event", "item", "$")
    for item, dollars in idle.items():
        shown.add_row(item, f"{dollars:.2f}")
    shown.add_row("together", f"{bill.total(idle):.2f}")
    console.print(shown)
    return kept | {"idle": idle, "idle_together": bill.total(idle)}


def _recompute() -> list[dict[str, Any]]:
    measured = recompute.measure()
    shown = table("Segments of a million people, CPU seconds", "question", "ours", "by hand", "ratio", "goal")
    for one in measured:
        goal = "2" if len(one.members) == 1 else "3"
        shown.add_row(one.name, f"{one.ours:.2f}", f"{one.by_hand:.2f}", f"{one.ratio:.2f}", goal)
    console.print(shown)
    return [asdict(one) | {"ratio": one.ratio} for one in measured]


def _rules() -> list[dict[str, Any]]:
    measured = rules.measure()
    shown = table(
        "Decisions of 20 rules of 5 to 9 conditions", "engine", "a CPU second", "ours is faster", "at least", "goal"
    )
    for one in measured:
        bars = ("", "") if one.ratio == 1 else ("12", "30")
        shown.add_row(one.engine, f"{one.a_second:,.0f}", f"{one.ratio:.1f} x", *bars)
    console.print(shown)
    return [asdict(one) for one in measured]


def _lateness() -> list[dict[str, Any]]:
    if not lateness.SIGN.is_file():
        console.print(lateness.MISSING)
        return []
    measured = lateness.measure(console.print)
    shown = table("Seconds until it is seen on the platform of this machine", "what", "median", "most", "goal")
    for one in measured:
        shown.add_row(one.what, f"{one.median:.2f}", f"{one.most:.2f}", f"{one.goal:.0f}")
    console.print(shown)
    return [asdict(one) for one in measured]


def _encryption() -> list[dict[str, Any]]:
    measured = encryption.measure(console.print)
    shown = table("What sealing costs an event", "what", "unit", "sealed", "in clear", "ratio")
    for one in measured:
        shown.add_row(one.what, one.unit, f"{one.sealed:,.2f}", f"{one.clear:,.2f}", f"{one.ratio:.2f}")
    console.print(shown)
    return [asdict(one) | {"ratio": one.ratio} for one in measured]


def _journeys() -> list[dict[str, Any]]:
    measured = journeys.measure()
    shown = table("A passage, if nobody does anything", "journey", *_PASSAGE)
    for one in measured:
        counts = (one.messages, one.calls, one.transitions, one.least, one.most)
        shown.add_row(one.journey, *map(str, counts), f"{one.dollars:,.0f}")
    console.print(shown)
    in_tables = passages.measure()
    shown = table("A passage in the tables", "journey", "messages", "own events", *passages.TABLES, "written", "read")
    for each in in_tables:
        shown.add_row(each.journey, *each.cells)
    console.print(shown)
    return [asdict(one) | {"dollars": one.dollars} for one in measured] + [asdict(one) for one in in_tables]


def _layer() -> dict[str, Any]:
    try:
        sizes = {name: layer.measure(name) for name in ("dependencies", "lake")}
    except (OSError, RuntimeError) as error:
        console.print(f"a layer could not be built here ({type(error).__name__}): check the network, then make bench")
        return {}
    for name, size in sizes.items():
        console.print(f"layer {name}: {size.zipped} MB zipped, {size.unzipped} MB unzipped, largest {size.largest}")
    return {name: asdict(size) for name, size in sizes.items()}


_PASSAGE = ("messages", "calls", "transitions", "least", "most", "$ a million")
_MEASURE = {
    "units": _units,
    "acts": identity.print_acts,
    "person": identity.print_person,
    "hot": identity.print_hot,
    "speed": _speed,
    "bill": _bill,
    "layer": _layer,
    "graph": identity.print_graph,
    "recompute": _recompute,
    "rules": _rules,
    "lateness": _lateness,
    "encryption": _encryption,
    "reports": journey_reports.print_reports,
    "journeys": _journeys,
}


def _deployed() -> Deployed:
    os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own validator, which the tests run
    with TemporaryDirectory() as folder:
        templates = synthesize(Path(folder))
    stacks = (templates.data, templates.platform, templates.alarms)
    return Deployed(
        alarms=sum(len(resources(stack, "CloudWatch::Alarm")) for stack in stacks),
        keys=sum(len(resources(stack, "KMS::Key")) for stack in stacks),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
