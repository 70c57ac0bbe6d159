"""One trial: an SDK calls over a bad network, and what it says it sent is compared with what is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.shopping import wait_for
from tests.sdks.networks import NETWORKS, REFUSING, Network
from tests.sdks.pages import Pages
from tests.sdks.proxy import PATIENCE, ChaosProxy
from tests.sdks.sdk import Program, Script, Told
from tests.sdks.targets import Target

PATIENT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trial; `unheard` are messages whose last request was not answered with 200."""

    told: Told
    stored: Counter[str]
    accepted: int
    unheard: set[bytes]
    through: bool
    waits: Sequence[float]
    preflights: set[str]


def trials(sdks: Sequence[Program | Script], networks: Mapping[str, Network] = NETWORKS) -> list[Any]:
    """Try each SDK over each network that it bears; what is not usual only where all of the zoo is tried."""
    return [
        pytest.param(sdk, network, id=f"{sdk.name}, {network}", marks=[] if is_usual else [pytest.mark.zoo])
        for sdk in sdks
        for network, (troubles, _) in networks.items()
        if sdk.tries_again or not REFUSING & set(troubles)
        for is_usual in [network in sdk.usual]
    ]


def program(target: Target, sdk: Program, network: str) -> Outcome:
    """Let a program call."""
    before, accepted = target.stored(), target.accepted()
    with ChaosProxy(target.url, *NETWORKS[network]) as proxy:
        told = sdk.send(proxy.url, sdk.key or target.write_key)
        return _outcome(target, proxy, told, before, accepted)


def script(target: Target, sdk: Script, network: str, pages: Pages) -> Outcome:
    """Let a page call, and leave it once the SDK has come to an end with all."""
    before, accepted = target.stored(), target.accepted()
    with ChaosProxy(target.url, *NETWORKS[network]) as proxy:
        visitor = pages.open(sdk.page)
        told = Told(**visitor.run(sdk.call(proxy.url, sdk.key or target.write_key)))
        wait_for(lambda: proxy.is_through and {*told.sent, *told.failed} <= target.stored().keys(), bool, PATIENT)
        visitor.leave()
        return _outcome(target, proxy, told, before, accepted)


def _outcome(target: Target, proxy: ChaosProxy, told: Told, before: Counter[str], accepted: int) -> Outcome:
    return Outcome(
        told=told,
        accepted=target.accepted() - accepted,  # first: it settles
        stored=target.stored() - before,
        unheard=set(proxy.owed),
        through=proxy.is_through,
        waits=proxy.waits,
        preflights=proxy.preflights,
    )


def check(outcome: Outcome, sdk: Program | Script) -> None:
    """Assert what holds for every SDK over every network."""
    told = outcome.told
    assert not sdk.tries_again or told.failed == []
    assert len({*told.sent, *told.failed}) == sdk.number
    assert outcome.stored == dict.fromkeys([*told.sent, *told.failed], 1)
    assert outcome.accepted == sdk.number
    assert not sdk.tries_again or outcome.through, f"never answered well: {outcome.unheard}"
    assert not sdk.is_patient or all(seconds >= PATIENCE for seconds in outcome.waits)
