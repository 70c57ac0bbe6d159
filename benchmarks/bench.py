"""
Speed and cost: units counted by the biller, instructions counted by valgrind, dollars at list price.

`python -m benchmarks.bench [units] [speed] [bill] [layer]` prints tables and writes .regulars/bench.json; without a
word it does all four.
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

from rich.console import Console
from rich.table import Table

from benchmarks import bill, instructions, layer, parts, speed, units
from benchmarks.bill import Deployed
from benchmarks.machine import machine
from infra.templates import resources, synthesize

REPORT = Path(".regulars/bench.json")
PARTS = ("units", "speed", "bill", "layer")
console = Console(width=None if sys.stdout.isatty() else 150)


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
    table = _table("Units an event", "mix", "write", "goal", "ratio", "read", "goal", "ratio", "calls", "by table")
    for one in measured:
        writes = " ".join(f"{name} {number:.2g}" for name, number in one.writes.items())
        reads = " ".join(f"{name} {number:.2g}" for name, number in one.reads.items())
        table.add_row(
            one.mix,
            *_against(one.write_units, one.goal_writes),
            *_against(one.read_units, one.goal_reads),
            f"{one.requests:.2f}",
            f"w: {writes}\nr: {reads}",
        )
    console.print(table)
    return [asdict(one) | {"write_units": one.write_units, "read_units": one.read_units} for one in measured]


def _speed() -> dict[str, Any]:
    if not instructions.is_there():
        console.print(instructions.MISSING)
        return {}
    starts, steps = speed.starts(console.print), speed.steps(console.print)
    console.print("counting the parts of an ingest")
    counted = parts.measure()
    table = _table("Cold starts", "start of", "M instructions", f"of {speed.BOTO3}")
    for one in starts:
        table.add_row(one.name, f"{one.instructions:,.0f}", f"{one.ratio:.2f}")
    console.print(table)
    table = _table("Work", "step", "k instructions an event", "against", "ratio")
    for one in steps:
        table.add_row(one.name, f"{one.instructions:,.0f}", one.against, f"{one.ratio:.2f}")
    console.print(table)
    table = _table("Parts of an ingest, everything on", "part", "k instructions an event", "of all")
    for name, number in counted.items():
        table.add_row(name, f"{number:,.0f}", f"{number / sum(counted.values()):.0%}")
    console.print(table)
    return {"starts": [asdict(one) for one in starts], "steps": [asdict(one) for one in steps], "parts": counted}


def _bill() -> dict[str, Any]:
    kept: dict[str, Any] = {"mixes": {}}
    for one in units.measure():
        goal = one.goal_dollars
        if goal is None:
            continue
        paper, waits = bill.of_events(one), bill.of_events(one, waits=True)
        table = _table(f"A million events: {one.mix}", "item", "$", "$ if each call waits 4 ms")
        for item, dollars in paper.items():
            table.add_row(item, f"{dollars:.3f}", f"{waits[item]:.3f}")
        table.add_row("together", f"{bill.total(paper):.2f}", f"{bill.total(waits):.2f}")
        table.add_row(f"goal {goal:.2f}, naive {bill.NAIVE}", f"{bill.total(paper) / goal:.2f} of the goal", "")
        console.print(table)
        kept["mixes"][one.mix] = {"paper": paper, "waits": waits, "together": bill.total(paper), "goal": goal}
    idle = bill.of_an_idle_month(_deployed())
    table = _table("A month without an event", "item", "$")
    for item, dollars in idle.items():
        table.add_row(item, f"{dollars:.2f}")
    table.add_row("together", f"{bill.total(idle):.2f}")
    console.print(table)
    return kept | {"idle": idle, "idle_together": bill.total(idle)}


def _layer() -> dict[str, Any]:
    try:
        sizes = {name: layer.measure(name) for name in ("dependencies", "lake")}
    except (OSError, RuntimeError) as error:
        console.print(f"a layer could not be built here ({type(error).__name__}): check the network, then make bench")
        return {}
    for name, size in sizes.items():
        console.print(f"layer {name}: {size.zipped} MB zipped, {size.unzipped} MB unzipped, largest {size.largest}")
    return {name: asdict(size) for name, size in sizes.items()}


_MEASURE = {"units": _units, "speed": _speed, "bill": _bill, "layer": _layer}


def _deployed() -> Deployed:
    os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own validator, which the tests run
    with TemporaryDirectory() as folder:
        templates = synthesize(Path(folder))
    stacks = (templates.data, templates.platform)
    return Deployed(
        alarms=sum(len(resources(stack, "CloudWatch::Alarm")) for stack in stacks),
        keys=sum(len(resources(stack, "KMS::Key")) for stack in stacks),
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _against(value: float, goal: float | None) -> tuple[str, str, str]:
    return (f"{value:.2f}", f"{goal:g}", f"{value / goal:.2f}") if goal else (f"{value:.2f}", "", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
