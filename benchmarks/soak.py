"""
A long simulation: the whole pipeline while everything goes wrong, merges whose workers get in each other's way, the
door while tables, queue and process fail, random segments asked in SQL of random people, ninety days of people in
fifty segments, random journeys through their state machines in memory and in the emulator, and one request for the
erasure of a crowd.

`python -m benchmarks.soak --events 1000000 --schedules 100000 --doors 100000 --trees 10000 --people 100000
--machines 10000 --emulated 2000 --passages 100000 --identifiers 100000` counts events that were lost or counted twice,
and people, memberships, transitions, merges, acknowledgements and ways through journeys that are not what brute force
says; it ends with 1 unless all are none.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import monotonic, process_time

from benchmarks.machine import machine
from regulars.domain.identity_rules import DEFAULT_RULES
from tests import segment_sql
from tests.local import emulated_machines
from tests.world import chaos_trial, crowd_erasing, door_trial, journey_trial, machine_trial, merges, segment_trial

SIZES = (1_000, 2_000, 5_000, 10_000)  # events of a trial: many short lives find other faults than one long one
TREES = 50  # of one crowd
PEOPLE = 1_000  # of one world
TRAVELLERS = 2_000  # of one world
JOURNEYS = 1_000  # of one seed
EMULATED = 500  # of one emulator
WORKERS = (2, 3, 5, 8, 20, 50)
REPORT = Path(".regulars/soak.json")
NUMBERS: Mapping[str, tuple[int, str]] = {
    "events": (1_000_000, "of people who merge, while everything fails"),
    "schedules": (100_000, "of two writers at one row"),
    "doors": (100_000, "in which events are sent at once"),
    "trees": (10_000, "of conditions, over a hundred people each"),
    "people": (100_000, "in whose quarter of a year segments change"),
    "machines": (10_000, "journeys and their state machines"),
    "emulated": (2_000, "journeys in the emulated Step Functions"),
    "passages": (100_000, "through a live journey, while everything fails"),
    "identifiers": (100_000, "of one request for an erasure"),
}
_EACH = 20.0  # seconds between two lines


@dataclass(slots=True)
class Tally:
    """What was done, and what was wrong; `faults` has the seed with each."""

    seeds: list[int] = field(default_factory=list)
    events: int = 0
    schedules: int = 0
    doors: int = 0
    trees: int = 0
    cases: int = 0
    members: int = 0
    people: int = 0
    identifiers: int = 0
    erased: int = 0
    calls_each: float = 0.0
    read_units_each: float = 0.0
    write_units_each: float = 0.0
    erasure_cpu_seconds: float = 0.0
    erasure_megabytes: int = 0
    machines: int = 0
    emulated: int = 0
    passages: int = 0
    sent: int = 0
    transitions: int = 0
    evaluations: int = 0
    timers: int = 0
    invocations: int = 0
    refolds: int = 0
    merges: int = 0
    announced: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was wrong."""
        return not (self.lost or self.doubled or self.wrong)


class Progress:
    """Says every now and then how far it is, how fast, and how long it will take."""

    def __init__(self, noun: str, total: int) -> None:
        self._noun, self._total = noun, total
        self._begun = self._said = monotonic()

    def tell(self, done: int, tally: Tally) -> None:
        """Write a line, if the last one is old enough."""
        now = monotonic()
        if now < self._said + _EACH and done < self._total:
            return
        self._said = now
        rate = done / max(0.001, now - self._begun)
        left = max(0, self._total - done) / rate / 60
        wrong = f"{tally.lost} lost, {tally.doubled} doubled, {tally.wrong} wrong"
        print(f"{done:>9,} of {self._total:,} {self._noun}  {rate:,.0f}/s  {left:.0f} min left  {wrong}", flush=True)


def run_events(tally: Tally, number: int, first: int) -> None:
    """Send so many events through worlds in chaos, one world a seed."""
    progress = Progress("events", number)
    for seed, size in _trials(number, first):
        outcome = chaos_trial.trial(seed, size)
        tally.seeds.append(seed)
        tally.events += size
        tally.invocations += outcome.invocations
        tally.refolds += outcome.refolds
        tally.merges += outcome.merges
        tally.announced += outcome.announced
        tally.lost += outcome.lost
        tally.doubled += outcome.doubled
        tally.wrong += len(outcome.faults)
        tally.faults += [f"seed {seed} of {size} events: {fault}" for fault in outcome.faults]
        if outcome.lost or outcome.doubled:
            tally.faults.append(f"seed {seed} of {size} events: {outcome.lost} lost, {outcome.doubled} doubled")
        progress.tell(tally.events, tally)


def run_schedules(tally: Tally, number: int, seed: int) -> None:
    """Run so many schedules of merges, limits lifted and on by turns."""
    progress = Progress("schedules", number)
    for index in range(number):
        workers = WORKERS[index % len(WORKERS)]
        rules = merges.LIFTED if index // len(WORKERS) % 2 else DEFAULT_RULES
        faults = merges.trial(seed + index, workers=workers, rules=rules)
        tally.schedules += 1
        tally.wrong += len(faults)
        limits = "lifted" if rules is merges.LIFTED else "on"
        tally.faults += [f"seed {seed + index}, {workers} workers, limits {limits}: {fault}" for fault in faults]
        progress.tell(tally.schedules, tally)


def run_doors(tally: Tally, number: int, seed: int) -> None:
    """Let SDKs send through so many doors whose tables, queue and process fail."""
    progress = Progress("doors", number)
    for index in range(number):
        faults = door_trial.trial(seed + index)
        tally.doors += 1
        tally.wrong += len(faults)
        tally.faults += [f"door, seed {seed + index}: {fault}" for fault in faults]
        progress.tell(tally.doors, tally)


def run_trees(tally: Tally, number: int, seed: int) -> None:
    """Ask so many random segments of a hundred random people each, in SQL and by brute force."""
    progress = Progress("trees", number)
    for index in count():
        trees = min(TREES, number - tally.trees)
        if trees <= 0:
            return
        outcome = segment_sql.trial(seed + index, trees=trees)
        tally.trees += trees
        tally.cases += outcome.cases
        tally.members += outcome.members
        tally.wrong += len(outcome.faults)
        tally.faults += outcome.faults
        progress.tell(tally.trees, tally)


def run_people(tally: Tally, number: int, seed: int) -> None:
    """Let so many people act for ninety days, a thousand a world, and compare every transition with brute force."""
    progress = Progress("people", number)
    for index in count():
        people = min(PEOPLE, number - tally.people)
        if people <= 0:
            return
        found = segment_trial.run(seed + index, people)
        tally.people += people
        tally.transitions += found.transitions
        tally.evaluations += found.evaluations
        tally.timers += found.timers
        tally.wrong += found.wrong + found.late
        if found.wrong or found.late:
            tally.faults.append(f"season {seed + index} of {people} people: {found.wrong} wrong, {found.late} late")
        progress.tell(tally.people, tally)


def run_machines(tally: Tally, number: int, seed: int) -> None:
    """Send somebody through so many random journeys and their state machines, which have to lead the same way."""
    progress = Progress("journeys", number)
    for index in count():
        left = min(JOURNEYS, number - tally.machines)
        if left <= 0:
            return
        found, faults = machine_trial.trial(seed + index, left)
        tally.machines += max(found, 1)  # a seed that draws none is passed over
        tally.wrong += len(faults)
        tally.faults += faults
        progress.tell(tally.machines, tally)


def run_emulated(tally: Tally, number: int, seed: int) -> None:
    """Do so in the emulator, too: one of its own for each so many journeys."""
    progress = Progress("journeys in the emulator", number)
    for index in count():
        left = min(EMULATED, number - tally.emulated)
        if left <= 0:
            return
        with TemporaryDirectory() as folder:
            found, faults = emulated_machines.trial(Path(folder), seed + index, left)
        tally.emulated += max(found, 1)
        tally.wrong += len(faults)
        tally.faults += faults
        progress.tell(tally.emulated, tally)


def run_passages(tally: Tally, number: int, seed: int) -> None:
    """Send so many people on a live journey while everything goes wrong, some a world."""
    progress = Progress("passages", number)
    for index in count():
        left = number - tally.passages
        if left <= 0:
            return
        outcome = journey_trial.trial(seed + index, min(TRAVELLERS, left))
        tally.passages += max(outcome.passages, 1)
        tally.sent += outcome.sent
        tally.wrong += len(outcome.faults)
        tally.faults += [f"journey, seed {seed + index}: {fault}" for fault in outcome.faults]
        progress.tell(tally.passages, tally)


def run_erasure(tally: Tally, number: int, seed: int) -> None:
    """Erase so many people by one request, and note what each took."""
    if not number:
        return
    found = crowd_erasing.trial(seed, number)
    tally.identifiers, tally.erased = found.identifiers, found.erased
    tally.calls_each, tally.erasure_cpu_seconds = round(found.calls, 2), round(found.cpu_seconds, 1)
    tally.read_units_each, tally.write_units_each = round(found.read_units, 2), round(found.write_units, 2)
    tally.erasure_megabytes = getrusage(RUSAGE_SELF).ru_maxrss // 1_024  # of the whole run, tables and lake included
    tally.wrong += len(found.faults)
    tally.faults += [f"erasure {seed} of {number} identifiers: {fault}" for fault in found.faults]


def main(arguments: Sequence[str]) -> int:
    """Run all nine, say what was found, and keep it."""
    parser = ArgumentParser(prog="make soak", description=__doc__)
    for name, (number, of) in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=number, metavar="N", help=f"{of}; {number:,}")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the others follow it")
    asked = parser.parse_args(arguments)
    tally, began, used = Tally(), monotonic(), process_time()
    run_events(tally, asked.events, asked.seed)
    run_schedules(tally, asked.schedules, asked.seed)
    run_doors(tally, asked.doors, asked.seed)
    run_trees(tally, asked.trees, asked.seed)
    run_people(tally, asked.people, asked.seed)
    run_machines(tally, asked.machines, asked.seed)
    run_emulated(tally, asked.emulated, asked.seed)
    run_passages(tally, asked.passages, asked.seed)
    run_erasure(tally, asked.identifiers, asked.seed)
    _keep(tally, seconds=monotonic() - began, cpu_seconds=process_time() - used)
    _say(tally, asked.seed)
    return 0 if tally.is_clean else 1


def _trials(number: int, seed: int) -> Iterator[tuple[int, int]]:
    left = number
    for index in count():
        if left <= 0:
            return
        size = min(SIZES[index % len(SIZES)], max(left, 10))
        yield seed + index, size
        left -= size


def _keep(tally: Tally, *, seconds: float, cpu_seconds: float) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    took = {"seconds": round(seconds), "cpu_seconds": round(cpu_seconds)}
    when = datetime.now(UTC).isoformat(timespec="seconds")
    REPORT.write_text(json.dumps({"at": when, "machine": machine(), **took, **asdict(tally)}, indent=2) + "\n")


def _say(tally: Tally, seed: int) -> None:
    for fault in tally.faults[:50]:
        print(fault)
    last = max(tally.seeds, default=seed)
    print(f"events {tally.events:,}, seeds {seed} to {last}: {tally.lost} lost, {tally.doubled} counted twice")
    print(f"  {tally.invocations:,} invocations, {tally.refolds:,} refolds, {tally.merges:,} merges", end="")
    print(f", {tally.announced:,} announcements")
    print(f"schedules {tally.schedules:,}, seeds {seed} to {seed + max(0, tally.schedules - 1)}")
    print(f"doors {tally.doors:,}, seeds {seed} to {seed + max(0, tally.doors - 1)}")
    print(f"trees {tally.trees:,} of 100 people: {tally.cases:,} cases, {tally.members:,} of them members")
    print(f"people {tally.people:,} for 90 days: {tally.transitions:,} transitions", end="")
    print(f", {tally.evaluations:,} evaluations, {tally.timers:,} timers written")
    print(f"journeys {tally.machines:,} through their state machines, {tally.emulated:,} in the emulator")
    print(f"passages {tally.passages:,} through a live journey, {tally.sent:,} messages sent")
    print(
        f"one erasure of {tally.identifiers:,} identifiers, {tally.erased:,} erased: each {tally.calls_each} calls",
        end="",
    )
    print(f", {tally.read_units_each} read and {tally.write_units_each} write units", end="")
    print(f"; {tally.erasure_cpu_seconds:,} CPU seconds, {tally.erasure_megabytes:,} MB with the world")
    print(f"wrong people, memberships, merges, acknowledgements, ways: {tally.wrong}; kept in {REPORT}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
