"""Messages of one person from several journeys at once, whoever dies, merges, withdraws or is restricted meanwhile."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from local.world.chaos import CrashError
from regulars.domain.passages import Passage
from regulars.domain.profiles import alone
from regulars.domain.send_ledger import ledger_name
from regulars.errors import NotAcceptedError, UnavailableError, UnknownOutcomeError
from regulars.pipeline.consents import Consents
from regulars.pipeline.ports import Outgoing
from regulars.pipeline.restricting import Restricter
from regulars.pipeline.snapshots import Snapshots
from regulars.stores.database import Put, Write, text
from regulars.stores.identities import IdentityStore
from regulars.stores.journeys import Suppressed
from tests.builders import an_event, an_identify
from tests.sending import HOUR, SEND, Sending
from tests.world.schedule import Schedule

OWNERS = ("user_id:u", "email:e", "anonymous_id:a")
JOURNEYS = ("welcome", "cart", "review", "tips")
MOST = 2


class Trial:
    """Some passages of a person whose identifiers may turn out to be one's; what is wrong is listed in `faults`."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.schedule = Schedule(seed, crash=0.02)
        self.faults: list[str] = []
        self.may_die = True
        self.sending = Sending(policy={"caps": [{"most": MOST, "days": 1}]})
        for journey in JOURNEYS[1:]:
            self.sending.publish(journey, SEND)
        for owner in OWNERS:
            self.sending.meet(owner)
        if self.random.random() < 0.5:
            self.sending.tie(*OWNERS[:2])
        self.passages = [
            self.sending.enter(self.random.choice(OWNERS), journey) for journey in JOURNEYS for _ in range(2)
        ]
        self.sending.post.channel.before = self._provider
        self.sending.post.channel.after = self._lose
        self._watch_claims()

    def run(self) -> None:
        """Let everything happen at once, then everything that is left, one after the other."""
        jobs = [self._delivering(passage) for passage in self.passages for _ in range(self.random.choice([1, 2]))]
        jobs += self.random.sample([self._tie, self._withdraw, self._restrict, self._suppress], 2)
        self.sending.database.hook = self.schedule.hook
        self.schedule.run(jobs)
        self.sending.database.hook = None
        self.may_die = False
        for passage in self.passages:
            self._finish(passage)

    def _delivering(self, passage: Passage) -> Callable[[], None]:
        def deliver() -> None:
            for _ in range(3):
                try:
                    if not self.sending.deliver(passage).way:
                        return
                except UnavailableError:
                    continue

        return deliver

    def _finish(self, passage: Passage) -> None:
        for _ in range(60):
            answer = self.sending.deliver(passage)
            if not answer.way:
                break
            assert answer.until is not None
            clock = self.sending.world.clock
            clock.advance_to(max(answer.until, clock.now))
        else:
            self.faults.append("one never went on")
        outcome = self.sending.message(passage).outcome
        taken = sum(one.name == ledger_name(self.sending.message(passage)) for one in self.sending.post.channel.taken)
        if outcome == "claimed" or (taken and outcome not in ("sent", "unknown")) or (outcome == "sent" and not taken):
            self.faults.append(f"{outcome}, and taken {taken} times")

    def _provider(self, _outgoing: Outgoing) -> None:
        self.schedule.hook("provider", "")
        match self.random.randrange(8):
            case 0:
                raise NotAcceptedError("throttled", again=True)
            case 1:
                raise NotAcceptedError("rejected", again=False)
            case 2:
                raise UnknownOutcomeError

    def _lose(self, _outgoing: Outgoing) -> None:
        """Lose the answer of a provider that took a message, or the function with it."""
        self.schedule.hook("provider", "")
        chance = self.random.randrange(8)
        if chance == 0 and self.may_die:
            raise CrashError
        if chance == 1:
            raise UnknownOutcomeError

    def _watch_claims(self) -> None:
        database = self.sending.database
        transact = database.transact

        def watched(writes: Sequence[Write]) -> None:
            transact(writes)
            puts = [write.item for write in writes if isinstance(write, Put) and write.table == "journeys"]
            claimed = [item for item in puts if text(item, "outcome") == "claimed"]
            if claimed:
                hook, database.hook = database.hook, None
                self._look(text(claimed[0], "owner"))
                database.hook = hook

        setattr(database, "transact", watched)  # noqa: B010 - mypy lets nobody assign a method

    def _look(self, owner: str) -> None:
        """Say what is wrong at the instant of a claim, by all that is stored then."""
        sending, database = self.sending, self.sending.database
        home = Snapshots(database, map).home(alone(owner))
        consent = Consents(database, map, sending.world.clock).of_many([home.profile_id])[home.profile_id]
        if not consent.allows("newsletter", "email"):
            self.faults.append("claimed without consent")
        if any(IdentityStore(database).part(owner, "restricted") for owner in home.owners):
            self.faults.append("claimed of somebody restricted")
        messages = [message for one in home.owners for message in sending.journeys.messages(one)]
        if sum(message.outcome != "refused" for message in messages) > MOST:  # whoever they were before they were one
            self.faults.append("claimed beyond the cap")
        if any(sending.journeys.suppressed(address, "email") for address in self._addresses(home.owners)):
            self.faults.append("claimed for an address that takes none")

    def _addresses(self, owners: Sequence[str]) -> set[str]:
        return {
            message.address
            for owner in owners
            for message in self.sending.journeys.messages(owner)
            if message.outcome == "claimed"
        }

    def _tie(self) -> None:
        self._take(an_identify(900, links=self.random.choice([OWNERS, OWNERS[1:], OWNERS[:2]])))

    def _withdraw(self) -> None:
        at = self.sending.world.clock.now + HOUR  # after they agreed
        for owner in self.random.sample(OWNERS, self.random.choice([1, 3])):
            said = {"purpose": "newsletter"}
            self._take(an_event(901, at=at, links=(owner,), name="Consent Withdrawn", properties=said, proven=True))

    def _take(self, event: Any) -> None:
        world = self.sending.world
        world.store(event)
        world.resolver.start_batch()
        world.resolver.apply(event.owner, [event], stored=world.clock.now)

    def _restrict(self) -> None:
        Restricter(self.sending.database, map).restrict(self.random.choice(OWNERS))

    def _suppress(self) -> None:
        sent = [message.address for owner in OWNERS for message in self.sending.journeys.messages(owner)]
        for address in filter(None, sent):
            self.sending.journeys.suppress(
                Suppressed(owner=address, channel="email", since=self.sending.world.clock.now, reason="bounce")
            )


@pytest.mark.parametrize("seed", range(60))
def test_a_message_is_claimed_once_and_only_while_it_may_go_out(seed: int) -> None:
    trial = Trial(seed)
    trial.run()

    taken = Counter(outgoing.name for outgoing in trial.sending.post.channel.taken)
    assert trial.faults == []
    assert all(number == 1 for number in taken.values())
