"""Where the instructions of an ingest go: each part by itself, on what the parts before it made, with everything on."""

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.catalog import everything
from benchmarks.flows import EVENTS, NOW, TIMES, make
from benchmarks.instructions import count_stretches
from local.world.memory import MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters import clients
from regulars.adapters.sealing import KmsSealer
from regulars.domain.calls import Delivery, read
from regulars.domain.classification import sort_fields
from regulars.domain.extraction import extract
from regulars.domain.identifiers import owner_key
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.message_ids import fingerprint, name_message, repeated_content
from regulars.domain.messages import read_envelope, read_message
from regulars.domain.payloads import read_object, write
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plans import compile_plan
from regulars.domain.sources import parse_source
from regulars.domain.telling import Own
from regulars.domain.timestamps import read_times
from regulars.pipeline.sealing import seal_call
from regulars.stores.events import to_item

READ, ALL = "reading, all of it", "an ingest, all of it"
Batches = Sequence[Sequence[Any]]
_KEY = bytes(32)


def measure() -> dict[str, float]:
    """Count thousands of instructions an event by part; what no part has is the rest."""
    counted = count_stretches("from benchmarks.parts import run; run()")
    parts = {name: number / TIMES / EVENTS / 1e3 for name, number in counted.items() if name}
    reading, whole = parts.pop(READ), parts.pop(ALL)
    names = list(parts)
    inside = sum(parts[name] for name in names[1 : names.index("seal")])
    put_together = {"put the event together": reading - inside}
    ordered = {**dict(list(parts.items())[: names.index("seal")]), **put_together, **parts}
    return {**ordered, "source, quotas, receipt, metrics, answer": whole - sum(ordered.values())}


def run() -> None:
    """Do each part to all batches, and mark where it begins and ends."""
    work, requests = make("ingest_everything")
    bodies = [request["body"].encode() for request in requests]
    documents = _part("parse JSON", [[body] for body in bodies], read_object)
    delivery = _delivery(documents[0][0])
    raw: Batches = [document["batch"] for [document] in documents]
    purposes = delivery.source.purposes
    messages = _part("check, consent, message", raw, lambda one: read_message(one, delivery.envelope, None, purposes))
    found = _part("identifiers", messages, lambda one: _named(one.fields, delivery))
    _part("hashes of identifiers", found, lambda one: [owner_key(each, _KEY) for each in one[0]])
    _part("times", messages, lambda one: read_times(one.fields, sent_at=one.fields["sentAt"], received=NOW))
    both = _together(messages, found)
    written = _part("written form, print", both, lambda one: _print(one[0], one[1][1]))
    judge = delivery.plan
    assert judge is not None
    _part("tracking plan", both, lambda one: judge.judge(one[0], one[1][1], "quarantine"))
    _part("clear and personal", _together(both, written), lambda one: _sort(one[0], one[1], delivery))
    calls = _part(READ, raw, lambda one: read(one, delivery))
    sealer = KmsSealer(MemoryDatabase(), PlainWrapper())
    sealer.prepare([call.event.owner for batch in calls for call in batch])
    sealed = _part("seal", calls, lambda one: seal_call(one, sealer))
    items = _part("lay out", _together(calls, sealed), _laid_out)
    _part(
        "request, signature, sending",
        [[batch] for batch in items],
        lambda one: clients.database().insert("events", one),
    )
    _part(ALL, [[request] for request in requests], work)


def _part(name: str, batches: Batches, do: Callable[[Any], Any]) -> list[list[Any]]:
    first = [do(one) for one in batches[0]]  # to be warm
    _mark("")
    rest = [[do(one) for one in batch] for batch in batches[1:]]
    _mark(name)
    return [first, *rest]


def _mark(name: str) -> None:
    """End a stretch: callgrind is told to write down what it counted whenever this function of C is called."""
    os.getppid()
    print(json.dumps({"stretch": name}))


def _together(one: Batches, other: Batches) -> list[list[tuple[Any, Any]]]:
    return [list(zip(*pair, strict=True)) for pair in zip(one, other, strict=True)]


def _delivery(document: Any) -> Delivery:
    defined = everything()
    plan = [parse_plan(id, content, version=1) for id, content in defined["tracking_plan"].items()]
    return Delivery(
        source=parse_source("web", defined["source"]["web"]),
        received=NOW,
        rules=parse_rules(defined["identity"]["rules"]),
        hash_key=_KEY,
        envelope=read_envelope(document),
        plan=compile_plan(plan, version=1),
    )


def _named(fields: Any, delivery: Delivery) -> Any:
    identifiers = extract(fields, delivery.rules)
    return identifiers, Own.of([identifier.value for identifier in identifiers])


def _print(message: Any, own: Own) -> bytes:
    written = write([message.properties, message.traits])
    content = repeated_content(message, written)
    name_message(message.fields["messageId"], content, _KEY, own)
    fingerprint(content, _KEY)
    return written


def _sort(named: Any, written: bytes, delivery: Delivery) -> object:
    message, (_, own) = named
    text, contexts = written.decode(), delivery.contexts
    return sort_fields(message.properties, message.traits, message.context, own, written=text, contexts=contexts)


def _laid_out(both: Any) -> Any:
    call, (traits, rest) = both
    return to_item(call.event, traits=traits, sealed=rest)
