"""Of whom is erased nothing is kept on journeys, and nothing runs; but that they complained, and want no messages."""

from dataclasses import replace

import pytest

from local.world.erasing import Stopped
from regulars.domain.journey_events import entered, message_told
from regulars.domain.profiles import alone
from regulars.errors import ConflictError
from regulars.pipeline.telling_journeys import Teller
from regulars.stores.database import TableName, text
from regulars.stores.journey_rows import outlives
from regulars.stores.journeys import JourneyStore, Suppressed, put_message
from tests.world.erasures import erase, everything, requests_of, still_said
from tests.world.on_journeys import MACHINE, OnTheWay, a_message, a_passage, publish
from tests.world.test_erasing import CANARIES, Trial


class Travelled(Trial):
    """Somebody to erase who is on a journey under each identifier, and somebody who stays and was written to there."""

    def __init__(self) -> None:
        super().__init__()
        publish(self.workspace.world)
        self.database = self.workspace.world.database
        self.way = OnTheWay(self.database, self.workspace.world.clock.now)
        self.address = self.workspace.owner("email", "c4n4ry@example.com")
        self.kept = self.workspace.owner("user_id", "kept")
        for owner in self.owners:
            self.way.go(owner, self.address)
        self.way.go(self.kept, self.address, drawn_as=self.owners[0])
        self.way.suppress(self.address)

    @property
    def stopped(self) -> list[tuple[str, str]]:
        """What was stopped, and of which state machine."""
        assert isinstance(self.erasing.machines, Stopped)
        return self.erasing.machines.executions


@pytest.fixture
def trial() -> Travelled:
    """Two people on a journey."""
    return Travelled()


def test_all_rows_go_and_whoever_is_under_way_is_stopped(trial: Travelled) -> None:
    id = erase(trial.workspace, trial.erasing, trial.owners[0])

    assert still_said(trial.erasing, CANARIES, trial.owners) == set()
    assert trial.way.rows(*trial.owners) == ["suppressed#email"]
    assert trial.stopped == [(MACHINE, "a")] * 3
    found = requests_of(trial.workspace).get(id)
    assert found.found["journeys"] == 3 * 7 + 1  # each sort of row, and an address that bounced
    assert dict(found.last) == {}


def test_what_journeys_told_of_them_goes_from_the_lake_too(trial: Travelled) -> None:
    world = trial.workspace.world
    teller = Teller(trial.database, trial.workspace.sealer, world.clock)
    for owner in (trial.owners[0], trial.kept):
        passage = a_passage(owner, "told", at=world.clock.now)
        assert (
            teller.tell(owner, entered(passage), message_told(a_message(owner, "told", settled=world.clock.now))) == 2
        )
    world.settle()
    assert any("told" in str(content) for _, content in everything(trial.erasing))

    erase(trial.workspace, trial.erasing, trial.owners[0])
    trial.workspace.start()
    late = Teller(trial.database, trial.workspace.sealer, world.clock)

    assert still_said(trial.erasing, CANARIES, trial.owners) == set()
    assert late.tell(trial.owners[0], entered(a_passage(trial.owners[0], "late"))) == 0
    assert len([event for event in world.events.of(trial.kept) if event.source == "journeys"]) == 2


def test_somebody_else_who_was_written_to_there_stays_and_names_nobody(trial: Travelled) -> None:
    before = trial.way.items(trial.kept)
    erase(trial.workspace, trial.erasing, trial.owners[0])

    left = trial.way.items(trial.kept)
    changed = {text(item, "item") for item in before} - {text(item, "item") for item in left}
    assert changed == {"draw#tips"}  # drawn as who is gone: they draw anew
    message = JourneyStore(trial.database).message(trial.kept, "a", "tip")
    assert message
    assert (message.address, message.outcome, message.sent) == ("", "sent", "0100")
    assert (MACHINE, "a") in trial.stopped
    assert len(trial.stopped) == 3  # none of theirs


def test_a_complaint_outlives_an_erasure_and_a_lift_as_hash_channel_and_instant(trial: Travelled) -> None:
    erase(trial.workspace, trial.erasing, trial.owners[0])
    erase(trial.workspace, trial.erasing, *trial.owners, kind="lift")

    [item] = trial.way.items(*trial.owners)
    assert dict(item) == {
        "owner": trial.address,
        "item": "suppressed#email",
        "at": trial.way.now,
        "reason": "complaint",
        "v": 1,
    }
    assert outlives(item)


def test_a_complaint_about_an_address_that_bounced_is_a_complaint(trial: Travelled) -> None:
    store = JourneyStore(trial.database)
    for reason in ("complaint", "bounce"):
        store.suppress(Suppressed(owner=trial.address, channel="sms", since=7, reason=reason))

    found = store.suppressed(trial.address, "sms")
    assert found is not None
    assert (found.reason, found.since, found.version) == ("complaint", 7, 2)


def test_what_comes_back_to_a_claim_of_somebody_erased_writes_nothing(trial: Travelled) -> None:
    store = JourneyStore(trial.database)
    message, passage = store.message(trial.owners[0], "a", "tip"), store.passage(trial.owners[0], "welcome", "a")
    erase(trial.workspace, trial.erasing, trial.owners[0])
    assert message
    assert passage

    with pytest.raises(ConflictError):
        store.settle(replace(message, outcome="bounced"))
    with pytest.raises(ConflictError):
        store.save(replace(passage, place="end"))
    assert trial.way.rows(*trial.owners) == ["suppressed#email"]


def test_what_was_written_while_the_first_round_ran_goes_with_the_next(trial: Travelled) -> None:
    late = put_message(a_message(trial.owners[0], "late", address=trial.address))
    written: list[str] = []

    def strike(operation: str, table: TableName) -> None:
        if (operation, table) == ("scan", "quarantine") and not written:
            written.append(operation)
            trial.database.transact([late])

    trial.database.hook = strike
    id = erase(trial.workspace, trial.erasing, trial.owners[0])
    trial.database.hook = None

    assert written
    assert trial.way.rows(*trial.owners) == ["suppressed#email"]
    assert dict(requests_of(trial.workspace).get(id).last) == {}


def test_who_is_stopped_once_more_is_no_fault(trial: Travelled) -> None:
    id = erase(trial.workspace, trial.erasing, trial.owners[0])
    trial.way.go(trial.owners[0], trial.address)  # a restored table brought it back
    requests_of(trial.workspace).repeat(id)
    trial.erasing.finish(id)

    assert trial.way.rows(*trial.owners) == ["suppressed#email"]


def test_a_split_off_side_forgets_whose_lot_it_drew(trial: Travelled) -> None:
    assert trial.way.rows(trial.kept).count("draw#tips") == 1
    drawn = [draw.profile_id for draw in JourneyStore(trial.database).draws(trial.kept)]
    assert drawn == [alone(trial.owners[0])]
    erase(trial.workspace, trial.erasing, trial.owners[0])

    assert JourneyStore(trial.database).draws(trial.kept) == []
