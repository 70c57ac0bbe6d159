"""Instructions of cold starts and of each step, beside a peer and a floor of the same run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import botocore

from benchmarks.flows import EVENTS, TIMES
from benchmarks.instructions import ROOT, count
from infra.layers import only_called

Say = Callable[[str], None]
BARE, BOTO3 = "bare python", "boto3.client('dynamodb')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A count of instructions: in millions of a start, in thousands of an event."""

    name: str
    instructions: float
    against: str
    ratio: float


def starts(say: Say) -> list[Measured]:
    """Count the cold start of each function."""
    handlers = sorted(handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py"))
    counted: dict[str, float] = {}
    for name, text in {BARE: "pass", BOTO3: "import boto3; boto3.client('dynamodb')"}.items():
        say(f"counting the start of {name}")
        counted[name] = count(text) / 1e6
    with TemporaryDirectory() as data:
        Path(data, "endpoints.json").write_text(only_called(_endpoints()))  # as in the layer that functions start with
        for name in handlers:
            say(f"counting the start of {name}")
            counted[name] = count(f"from benchmarks.startup import start; start({name!r})", data) / 1e6
    return [
        Measured(name=name, instructions=millions, against=BOTO3, ratio=millions / counted[BOTO3])
        for name, millions in counted.items()
    ]


def _endpoints() -> str:
    return (Path(botocore.__file__).parent / "data" / "endpoints.json").read_text()


def steps(say: Say) -> list[Measured]:
    """Count what an event costs at each step, preparations subtracted."""
    pairs = (
        ("ingest", "ingest_cookbook", "Powertools and pydantic, PynamoDB models with JSON attributes"),
        ("ingest", "ingest_cookbook_maps", "Powertools and pydantic, PynamoDB models with map attributes"),
        ("ingest_everything", "ingest_cookbook", "Powertools and pydantic, PynamoDB models with JSON attributes"),
        ("ingest_everything", "ingest_cookbook_maps", "Powertools and pydantic, PynamoDB models with map attributes"),
        ("ingest", "ingest_peer", "Powertools resolver, json, PynamoDB batch_write"),
        ("ingest", "ingest_floor", "dict look-up, json, boto3 batch_write_item unvalidated"),
        ("resolve", "resolve_peer", "Powertools BatchProcessor that only reads the new images"),
        ("evaluate", "evaluate_peer", "Powertools BatchProcessor that only reads the new images"),
    )
    counted: dict[str, float] = {}
    for flow in dict.fromkeys(flow for pair in pairs for flow in pair[:2]):
        say(f"counting {flow}")
        counted[flow] = (_count(flow, TIMES) - _count(flow, 0)) / TIMES / EVENTS / 1e3
    return [
        Measured(name=step, instructions=counted[step], against=f"{words}: {counted[peer]:,.0f} k", ratio=ratio)
        for step, peer, words in pairs
        for ratio in [counted[step] / counted[peer]]
    ]


def _count(flow: str, times: int) -> int:
    return count(f"from benchmarks.flows import run; run({flow!r}, {times})")
