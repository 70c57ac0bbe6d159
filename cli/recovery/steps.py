"""The steps of a restore over a deployment in AWS; each may be done again."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

from cli.errors import UserError
from cli.recovery.account import Account, account_of, in_words
from cli.recovery.backups import Backups
from cli.recovery.noting import note
from cli.recovery.pausing import hold
from regulars.adapters.clock import now
from regulars.adapters.parallel import Parallel
from regulars.adapters.parquet import Parquet
from regulars.adapters.pause import pause
from regulars.domain.instants import DAY, to_text
from regulars.domain.lake import day_text
from regulars.domain.timestamps import parse
from regulars.pipeline.carrying import Carrier
from regulars.pipeline.erase_worker import EraseWorker, Places
from regulars.pipeline.journey_forgetting import NothingRuns
from regulars.pipeline.journey_refilling import JourneyRefiller
from regulars.pipeline.ledger_copies import LedgerCopies
from regulars.pipeline.recovery import Recovery
from regulars.pipeline.refilling import Refiller
from regulars.stores.database import KEYS, TableName
from regulars.stores.vault import Secret

EVERY = 20.0  # seconds
Watched = Callable[[str], AbstractContextManager[Callable[[int], None]]]


class Quiet:
    """Counts nothing: metrics are those of functions."""

    def count(self, name: str, value: int = 1, **dimensions: str) -> None:
        """Count nothing."""


def status(stage: str) -> dict[str, Any]:
    """Say whether the workspace is closed, and what is restored."""
    account = account_of(stage)
    with in_words():
        closed = _over(account).closed()
    return {
        "closed": to_text(closed.closed) if closed else None,
        "at": to_text(closed.restored) if closed else None,
        "replay": closed.replay if closed else "",
        "restored": Backups(account, closed.restored).states() if closed else {},
    }


def close(stage: str, at: str) -> dict[str, Any]:
    """Close the workspace, and hold streams and queues. Raises UserError."""
    instant = parse(at)
    if instant is None or instant > now():
        raise UserError(f"{at} is no instant of the past", fix="write it like 2026-05-03T02:00:00Z, in UTC")
    account = account_of(stage)
    note(account, "close_workspace")
    with in_words():
        closed = _over(account).close(at=instant)
    held = hold(account, enabled=False)
    return {"closed": to_text(closed.closed), "at": to_text(closed.restored), "held": held}


def restore(stage: str, named: Sequence[str] | None, *, wait: bool, say: Callable[[str], None]) -> dict[str, str]:
    """Begin to restore tables, and watch. Raises UserError."""
    tables, backups = _tables(named), _backups(account_of(stage))
    backups.begin(tables)
    while True:
        states = backups.states()
        waiting = [name for name, state in states.items() if state != "ACTIVE"]
        say(f"{len(states) - len(waiting)} of {len(states)} restored")
        if not waiting or not wait:
            return {str(name): state for name, state in states.items()}
        time.sleep(EVERY)


def replay(stage: str) -> dict[str, Any]:
    """Replay the ledger over what was restored. Raises UserError."""
    account = account_of(stage)
    restored = _backups(account).names()
    note(account, "replay_ledger")
    many = Parallel()

    def worker(copies: LedgerCopies) -> EraseWorker:
        places = Places(
            large=account.large,
            failures=account.failures,
            lake=account.lake,
            format=Parquet(),
            exports=account.exports,
            copies=copies,
            machines=NothingRuns(),
        )
        return EraseWorker(account.database(restored), places, Quiet(), now, many, pause)

    with in_words():
        done = _over(account, restored).replay(worker, has_time=lambda: True)
    if not done.done:
        raise UserError("the replay has not ended", fix="do it again: it goes on where it was left")
    return {"request": done.request, "erased": done.erased, "lifted": done.lifted}


def carry(stage: str, named: Sequence[str] | None, watched: Watched) -> dict[str, Mapping[str, int]]:
    """Carry restored tables into the live ones. Raises UserError before the ledger was replayed."""
    tables, account = _tables(named), account_of(stage)
    restored = _backups(account).names()
    with in_words():
        over = _over(account, restored)
        over.check_replayed()
        closed = over.closed()
    note(account, "carry_tables", *(each for each in tables if each in restored))
    found: dict[str, Mapping[str, int]] = {}
    many = Parallel()
    for name in [each for each in tables if each in restored]:
        with watched(name) as told, in_words():
            found[name] = Carrier(account.database(restored), account.database(), many, told).carry(name)
    if "journeys" in found:
        found["journeys"] = {**found["journeys"], **_refill_journeys(account, _day_before(closed), watched)}
    return found


def open_again(stage: str) -> dict[str, Any]:
    """Open the workspace, and wake what was held, open or not. Raises UserError while somebody erased is there."""
    account = account_of(stage)
    note(account, "open_workspace")
    with in_words():
        closed = _over(account).closed()
    if closed:
        with in_words():
            _over(account, Backups(account, closed.restored).names()).open()
    return {"woken": hold(account, enabled=True), "replay": closed.replay if closed else ""}


def refill(stage: str, since: str, watched: Watched) -> dict[str, int]:
    """Put events of the lake back into their table, and first what journeys told. Raises UserError."""
    account = account_of(stage)
    note(account, "refill_events")
    found = _refill_journeys(account, since, watched)
    with watched("the lake") as told, in_words():
        return {**Refiller(account.database(), account.lake, Parquet(), told).refill(since=since), **found}


def _refill_journeys(account: Account, since: str, watched: Watched) -> dict[str, int]:
    """Put back who was sent what since a day, before anybody can be sent it again."""
    with watched("what journeys told") as told, in_words():
        return dict(JourneyRefiller(account.database(), account.lake, Parquet(), told).refill(since=since))


def _day_before(closed: Secret | None) -> str:
    return day_text(max(0, closed.restored - DAY)) if closed else ""


def _backups(account: Account) -> Backups:
    with in_words():
        closed = _over(account).closed()
    if closed is None:
        raise UserError("the workspace is not closed", fix="begin with: regulars recovery close --at INSTANT")
    return Backups(account, closed.restored)


def _over(account: Account, restored: Mapping[TableName, str] | None = None) -> Recovery:
    return Recovery(account.database(restored), account.database(), account.copies, now, Parallel(), restored or ())


def _tables(named: Sequence[str] | None) -> list[TableName]:
    if unknown := sorted(set(named or ()) - set(KEYS)):
        raise UserError(f"there is no table {unknown[0]}", fix=f"one of {', '.join(KEYS)}")
    return [cast(TableName, name) for name in named or KEYS]
