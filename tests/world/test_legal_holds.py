"""Whoever is held is not erased, whatever merges meanwhile; once the hold ends, the erasure goes on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from regulars.domain.certificates import certify
from regulars.domain.instants import DAY, SECOND
from regulars.domain.privacy_requests import Request
from regulars.errors import ConflictingEditError
from regulars.pipeline.holding import Holding, who_is_held
from regulars.pipeline.legal_holds import Case, LegalHolds
from regulars.pipeline.privacy_requests import Asked
from regulars.stores.events import EventStore
from regulars.stores.ledger import Ledger
from regulars.stores.privacy_requests import RequestStore
from tests.workspace import Workspace
from tests.world.erasures import requests_of

VIEW: dict[str, Any] = {"type": "track", "event": "Viewed"}
USERS = ("ann", "bob", "cleo")


class Trial:
    """A workspace with three people, each with a device."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.workspace.send(*({**VIEW, "userId": user, "anonymousId": f"{user}-phone"} for user in USERS))
        self.database = self.workspace.world.database
        self.holds = LegalHolds(self.database, self.workspace.workers, self.workspace.world.clock, map)
        self.erasing = Erasing(world=self.workspace.world, lake=self.workspace.lake, format=Parquet())
        self.requests = RequestStore(self.database)

    def user(self, name: str) -> str:
        """The owner of a user id."""
        return self.workspace.owner("user_id", name)

    def device(self, name: str) -> str:
        """The owner of somebody's device."""
        return self.workspace.owner("anonymous_id", f"{name}-phone")

    def hold(self, *owners: str, until: int = 0) -> str:
        """Place a hold."""
        return self.holds.place(Case(reference="case-9", until=until, by="s-1"), owners).id

    def holding(self) -> Holding:
        """Who is held now."""
        return Holding(self.database, self.workspace.world.clock())

    def ask(self, *owners: str) -> str:
        """Take and verify an erasure."""
        requests = requests_of(self.workspace)
        request = requests.begin(Asked(kind="erasure", law="gdpr", reference="case-1", by="s-1"), owners)
        return requests.verify(request.id, by="s-2", proof="document").id

    def work(self, id: str, steps: int = 20) -> Request:
        """Let workers go on with a request for a while."""
        for _ in range(steps):
            step = self.erasing.worker().work(id, has_time=lambda: True)
            if step.done:
                break
            self.workspace.world.advance(self.workspace.world.clock.now + step.wait * SECOND)
        found = self.requests.get(id)
        assert found is not None
        return found

    def is_erased(self, owner: str) -> bool:
        """Say whether an identifier is in the ledger, with nothing left."""
        gone = Ledger(self.database).get(owner) is not None
        assert gone == (not EventStore(self.database).of(owner))
        return gone


@pytest.fixture
def trial() -> Trial:
    """Three people."""
    return Trial()


def test_an_erasure_waits_for_a_hold_and_goes_on_after_it(trial: Trial) -> None:
    hold = trial.hold(trial.device("ann"))
    id = trial.ask(trial.user("ann"))

    waiting = trial.work(id)
    assert (waiting.state, waiting.held_by) == ("held", (hold,))
    assert not trial.is_erased(trial.user("ann"))
    trial.holds.release(hold, by="s-1")
    done = trial.work(id)

    assert (done.state, done.held_by) == ("done", ())
    assert trial.is_erased(trial.user("ann"))


def test_a_hold_ends_by_itself(trial: Trial) -> None:
    trial.hold(trial.user("ann"), until=trial.workspace.world.clock.now + 5 * DAY)
    id = trial.ask(trial.user("ann"))

    assert trial.work(id, steps=4).state == "held"
    assert trial.work(id).state == "done"


def test_those_of_a_request_who_are_not_held_are_erased(trial: Trial) -> None:
    hold = trial.hold(trial.user("ann"))
    id = trial.ask(*map(trial.user, USERS))

    others = trial.work(id)
    waiting = trial.requests.get(others.aside)
    assert waiting is not None
    assert certify(others, hash_key=bytes(32))["set_aside"] == waiting.id
    assert (others.state, waiting.state, waiting.held_by, waiting.identifiers) == ("done", "held", (hold,), 1)
    assert [trial.is_erased(trial.user(name)) for name in USERS] == [False, True, True]
    assert trial.user("ann") not in trial.requests.subjects(id, after=None, limit=10)
    trial.holds.release(hold, by="s-1")
    trial.work(id)

    assert [trial.is_erased(trial.user(name)) for name in USERS] == [True, True, True]
    assert trial.requests.get(others.aside).state == "done"  # type: ignore[union-attr] # it was there before


def test_who_joins_somebody_held_is_held_from_then_on(trial: Trial) -> None:
    hold = trial.hold(trial.user("ann"))
    before = trial.holding().is_held(trial.workspace.owner("anonymous_id", "laptop"))
    trial.workspace.send({**VIEW, "userId": "ann", "anonymousId": "laptop"})

    assert not before
    assert trial.holding().by(trial.workspace.owner("anonymous_id", "laptop")) == (hold,)
    assert trial.holding().owners() == {
        trial.user("ann"),
        trial.device("ann"),
        trial.workspace.owner("anonymous_id", "laptop"),
    }


def test_a_side_that_was_split_off_is_held_only_if_it_is_named(trial: Trial) -> None:
    trial.hold(trial.user("ann"))
    trial.workspace.take_apart("user_id:ann", trial.device("ann"))

    assert trial.holding().is_held(trial.user("ann"))
    assert not trial.holding().is_held(trial.device("ann"))


def test_an_identifier_that_nobody_has_sent_yet_is_held(trial: Trial) -> None:
    trial.hold(trial.user("dora"))
    trial.workspace.send({**VIEW, "userId": "dora", "anonymousId": "dora-phone"})

    assert trial.holding().is_held(trial.device("dora"))


def test_nobody_is_held_who_was_erased(trial: Trial) -> None:
    trial.work(trial.ask(trial.user("ann")))

    with pytest.raises(ConflictingEditError, match="nothing left to hold"):
        trial.hold(trial.user("ann"))


def test_a_held_request_is_taken_back(trial: Trial) -> None:
    trial.hold(trial.user("ann"))
    id = trial.ask(trial.user("ann"))
    trial.work(id)

    assert requests_of(trial.workspace).cancel(id).state == "cancelled"


DEED = st.sampled_from(
    [("hold", "ann"), ("hold", "kiosk"), ("release", ""), ("erase", "ann"), ("erase", "kiosk"), ("tie", "")]
)


class History:
    """The plain oracle: somebody and a device, one person once they are tied; who is held, asked for and gone."""

    def __init__(self) -> None:
        self.trial = Trial()
        self.trial.workspace.send({**VIEW, "anonymousId": "kiosk"})
        kiosk = self.trial.workspace.owner("anonymous_id", "kiosk")
        self.owners = {"ann": self.trial.user("ann"), "kiosk": kiosk}
        self.held: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        self.tied, self.gone = False, set[str]()

    def do(self, deed: str, name: str) -> None:
        """Do something, and let the workers of all requests work."""
        if deed == "hold" and name not in self.gone:
            self.held[self.trial.hold(self.owners[name])] = name
        elif deed == "release" and self.held:
            self.held.pop(released := next(iter(self.held)))
            self.trial.holds.release(released, by="s-1")
        elif deed == "erase" and name not in self.gone:
            self.asked[self.trial.ask(self.owners[name])] = name
        elif deed == "tie" and not self.gone:
            self.trial.workspace.send({**VIEW, "userId": "ann", "anonymousId": "kiosk"})
            self.tied = True
        for id, one in self.asked.items():
            person = set(self.owners) if self.tied else {one}
            if not person & set(self.held.values()):
                self.gone |= person
            self.trial.work(id, steps=12 if one in self.gone else 2)

    @property
    def erased(self) -> set[str]:
        """Who is gone indeed."""
        return {name for name, owner in self.owners.items() if self.trial.is_erased(owner)}


@settings(max_examples=15, deadline=None)
@given(deeds=st.lists(DEED, min_size=1, max_size=7))
def test_nobody_is_erased_while_a_hold_stands_and_everybody_asked_for_after_it(deeds: list[tuple[str, str]]) -> None:
    history = History()

    for deed, name in deeds:
        history.do(deed, name)
        assert history.erased == history.gone


def test_the_sweep_hears_of_a_hold_within_a_minute(trial: Trial) -> None:
    is_held = who_is_held(trial.database, trial.workspace.world.clock)
    before = is_held([trial.user("ann"), trial.user("bob")])
    trial.hold(trial.device("bob"))
    trial.workspace.world.advance(trial.workspace.world.clock.now + 61 * SECOND)

    assert not before
    assert is_held([trial.user("ann"), trial.user("bob")])
    assert not is_held([trial.user("ann")])
