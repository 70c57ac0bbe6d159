"""After an erasure nothing of the person is left but the ledger, whatever raced with it, and nothing comes back."""

from dataclasses import replace
from random import Random

import pytest

from local.world.erasing import Erasing
from local.world.lake import archive
from local.world.world import START
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import DAY, HOUR
from regulars.domain.timers import Timer
from regulars.errors import ConflictingEditError, ErasedError, InvalidRequestError
from regulars.pipeline.privacy_requests import Asked
from regulars.pipeline.rebuild import Rebuilder
from regulars.stores import holds as held
from regulars.stores.claims import ClaimStore
from regulars.stores.events import EventStore
from regulars.stores.holds import HeldIdentifier, HoldStore
from regulars.stores.identities import IdentityStore
from regulars.stores.lists import ListStore
from regulars.stores.profiles import ProfileStore
from regulars.stores.timers import TimerStore
from tests.builders import an_event
from tests.canaries import CANARIES as CANARIES_OF_THE_API
from tests.canaries import REFUSED, a_workspace_with_canaries
from tests.domain.test_invocation_records import given_up
from tests.domain.test_invocation_records import row as a_record
from tests.workspace import Workspace
from tests.world.erasures import erase, everything, requests_of, still_said

CANARIES = ("c4n4ry-user", "c4n4ry-device", "c4n4ry@example.com", "C4n4ry-First", "c4n4ry-free-text", "c4n4ry-clear")
SEGMENT = {"definition": {"where": {"event": "Feedback Given"}, "anonymous": True}}


class Trial:
    """A workspace with a lake, somebody to erase and somebody to keep."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.lake, self.format = self.workspace.lake, Parquet()
        archive(self.workspace.world, self.lake, self.format)
        self.erasing = Erasing(world=self.workspace.world, lake=self.lake, format=self.format)
        self.workspace.put("/v1/segments/given", SEGMENT)
        self.workspace.put("/v1/lists/vip", {"definition": {}})
        person = {"userId": "c4n4ry-user", "anonymousId": "c4n4ry-device"}
        traits = {"email": "c4n4ry@example.com", "firstName": "C4n4ry-First", "plan": "c4n4ry-clear"}
        feedback = {"comment": "c4n4ry-free-text", "sku": "c4n4ry-clear"}
        self.workspace.send(
            {"type": "track", "event": "Feedback Given", "anonymousId": "c4n4ry-device", "properties": feedback},
            {"type": "identify", **person, "traits": traits},
            {"type": "track", "event": "Feedback Given", **person, "properties": feedback},
            {"type": "track", "event": "Feedback Given", "userId": "kept", "properties": {"sku": "s"}},
            {"type": "identify", "userId": "kept", "traits": {"email": "c4n4ry@example.com"}},
        )

    @property
    def owners(self) -> list[str]:
        """The identifiers of the person."""
        named = (("user_id", "c4n4ry-user"), ("email", "c4n4ry@example.com"), ("anonymous_id", "c4n4ry-device"))
        return [self.workspace.owner(*each) for each in named]

    def left(self) -> set[tuple[str, str]]:
        """What is still said of the person."""
        return still_said(self.erasing, CANARIES, self.owners)


@pytest.fixture
def trial() -> Trial:
    """A person with a device, an address, a lake and somebody who claims the same address."""
    return Trial()


def test_the_walk_finds_the_person_before(trial: Trial) -> None:
    places = {place.partition("/")[0] for place, _ in trial.left()}

    assert {"events", "identities", "profiles", "memberships", "vault", "tallies", "identity"} <= places
    assert {found for _, found in trial.left()} >= {"c4n4ry-clear"}


@pytest.mark.parametrize("which", range(3))
def test_an_erasure_by_any_identifier_leaves_nothing_but_the_ledger(trial: Trial, which: int) -> None:
    before = len(EventStore(trial.workspace.world.database).of(trial.workspace.owner("user_id", "kept")))
    id = erase(trial.workspace, trial.erasing, trial.owners[which])

    assert trial.left() == set()
    request = requests_of(trial.workspace).get(id)
    assert (request.state, dict(request.last)) == ("done", {})
    assert request.found["events"] == 3
    assert request.found["ledger"] == 6
    assert len(EventStore(trial.workspace.world.database).of(trial.workspace.owner("user_id", "kept"))) == before
    assert trial.workspace.get("/v1/profiles/user_id:kept").status == 200
    assert trial.workspace.get("/v1/profiles/user_id:c4n4ry-user").status == 404


def test_it_is_not_done_before_streams_and_processes_have_ended(trial: Trial) -> None:
    begun = trial.workspace.world.clock.now
    id = erase(trial.workspace, trial.erasing, trial.owners[0])

    request = requests_of(trial.workspace).get(id)
    assert request.ended - begun >= 7 * HOUR
    assert request.round == 3


def test_a_late_event_is_dropped_and_counted(trial: Trial) -> None:
    world = trial.workspace.world
    late = EventStore(world.database).of(trial.owners[0])[0]
    erase(trial.workspace, trial.erasing, trial.owners[0])

    world.store(replace(late, moment=late.moment + "-again"))
    world.settle()

    assert world.journal.counts["late_events_suppressed"] == 1
    assert all(place in ("events",) or place.startswith("events/day") for place, _ in trial.left())


def test_a_rebuild_brings_nobody_back(trial: Trial) -> None:
    world = trial.workspace.world
    late = EventStore(world.database).of(trial.owners[0])[0]
    erase(trial.workspace, trial.erasing, trial.owners[0])
    world.store(late)
    mender = Rebuilder(world.database, world.journal, world.clock)
    mender.start_batch()

    assert mender.owners(trial.owners).parts == 0
    assert mender.owner(trial.workspace.owner("user_id", "kept")).linked == 0


def test_a_lift_lets_a_new_relationship_begin_with_nothing_of_the_old(trial: Trial) -> None:
    erase(trial.workspace, trial.erasing, trial.owners[0])
    erase(trial.workspace, trial.erasing, *trial.owners, kind="lift")
    trial.workspace.start()

    trial.workspace.send({"type": "track", "event": "Feedback Given", "userId": "c4n4ry-user"})

    profile = trial.workspace.get("/v1/profiles/user_id:c4n4ry-user").content
    assert [each["kind"] for each in profile["identifiers"]] == ["user_id"]
    assert profile["traits"] == {}


def test_a_repeat_does_not_touch_whoever_was_lifted(trial: Trial) -> None:
    id = erase(trial.workspace, trial.erasing, trial.owners[0])
    erase(trial.workspace, trial.erasing, *trial.owners, kind="lift")
    trial.workspace.start()
    trial.workspace.send({"type": "track", "event": "Feedback Given", "userId": "c4n4ry-user"})

    requests_of(trial.workspace).repeat(id)
    trial.erasing.finish(id)

    assert len(EventStore(trial.workspace.world.database).of(trial.owners[0])) == 1
    assert trial.workspace.get("/v1/profiles/user_id:c4n4ry-user").status == 200


def test_nobody_is_lifted_who_was_not_erased_or_still_is(trial: Trial) -> None:
    requests = requests_of(trial.workspace)
    lift = Asked(kind="lift", law="gdpr", reference="", by="s-1")
    with pytest.raises(InvalidRequestError, match="not erased"):
        requests.begin(lift, trial.owners)
    request = requests.begin(replace(lift, kind="erasure"), trial.owners[:1])
    requests.verify(request.id, by="s-1", proof="document")
    trial.erasing.worker().work(request.id, has_time=lambda: True)

    with pytest.raises(ConflictingEditError, match="still being erased"):
        requests.begin(lift, trial.owners)


def test_a_split_off_side_stays_and_forgets_by_whom_it_was_tied(trial: Trial) -> None:
    workspace = trial.workspace
    path = "/v1/profiles/user_id:c4n4ry-user/unmerge"
    leaving = {"identifiers": ["anonymous_id:c4n4ry-device"]}
    preview = workspace.ask("POST", path, body={**leaving, "preview": True}).content
    assert workspace.ask("POST", path, body={**leaving, "version": preview["version"]}).status == 200
    workspace.world.settle()
    staying = trial.owners[2]

    erase(workspace, trial.erasing, trial.owners[0])

    assert {what for _, what in still_said(trial.erasing, (), trial.owners[:2])} == set()
    assert workspace.get("/v1/profiles/anonymous_id:c4n4ry-device").status == 200
    assert any(staying.partition(":")[2].encode() in content for _, content in everything(trial.erasing))


def test_a_repeat_takes_away_what_a_restored_table_brought_back(trial: Trial) -> None:
    database = trial.workspace.world.database
    kept = {table: database.all(table) for table in ("events", "identities", "profiles", "vault", "memberships")}
    id = erase(trial.workspace, trial.erasing, trial.owners[0])
    for table, items in kept.items():
        for item in items:
            database.put(table, item)  # type: ignore[arg-type] # keys of a literal dict are plain strings

    requests_of(trial.workspace).repeat(id)
    trial.erasing.finish(id)

    assert trial.left() == set()


def test_an_erasure_that_is_interrupted_everywhere_goes_on(trial: Trial) -> None:
    requests = requests_of(trial.workspace)
    asked = Asked(kind="erasure", law="gdpr", reference="", by="s-1")
    request = requests.begin(asked, trial.owners[:1])
    requests.verify(request.id, by="s-1", proof="document")
    random = Random(1)

    trial.erasing.finish(request.id, has_time=lambda: random.random() < 0.5)

    assert trial.left() == set()


def test_a_certificate_tells_what_was_found_and_until_when_something_remains(trial: Trial) -> None:
    id = erase(trial.workspace, trial.erasing, trial.owners[0])
    request = requests_of(trial.workspace).get(id)

    told = requests_of(trial.workspace).certificate(id)

    assert (told["named"], told["erased"], told["removed"]) == (1, 3, dict(request.found))
    until = {each["place"]: each["until"] for each in told["remains"]}
    assert until["ledger"] is None
    assert until["backups of the vault"][:10] == "2026-01-08"
    assert request.ended < request.received + DAY


def test_nothing_is_left_of_what_lies_by_time_and_not_by_person() -> None:
    workspace = a_workspace_with_canaries()
    erasing = Erasing(world=workspace.world, lake=workspace.lake, format=Parquet())
    database, owner = workspace.world.database, workspace.owner("user_id", "c4n4ry-user")
    refused = workspace.owner("user_id", "c4n4ry-refused")
    TimerStore(database).set(Timer(f"p_{owner}", START + 90 * DAY))
    ListStore(database).note("web", [owner], at=START, joined=True)
    ClaimStore(database).claim("correction#case", owner, START)
    database.transact([held.put(HeldIdentifier(owner=owner, since=START, event=""))])
    others = HeldIdentifier(owner="user_id:other", since=START, event=f"{owner} -#web#m")
    database.transact([held.put(others)])
    erasing.large.put(f"events/{owner}/print/clear", b"c4n4ry-title")
    erasing.large.put("quarantine/web#2026-01-01/print/sealed", b"c4n4ry-title")
    row = database.get("quarantine", "web#2026-01-01", REFUSED.split(".", 2)[2].replace(".", "#"))
    assert row
    database.put("quarantine", {**row, "spilled": "quarantine/web#2026-01-01/print sealed"})

    erasing.failures.put("aws/lambda/stream/1", given_up([a_record(owner, []), a_record("user_id:other", [owner])]))
    erasing.failures.put("aws/lambda/stream/2", given_up([a_record(owner, [])]))

    id = erase(workspace, erasing, owner, refused)

    assert still_said(erasing, CANARIES_OF_THE_API, [owner, refused]) == set()
    found = requests_of(workspace).get(id).found
    assert (found["quarantine"], found["large"], found["timers"], found["given_up"]) == (1, 2, 1, 3)
    assert erasing.failures.held.keys() == {"aws/lambda/stream/1"}
    kept = HoldStore(database).get("user_id:other")
    assert kept is not None
    assert kept.event == ""


def test_what_is_sent_uploaded_or_corrected_afterwards_is_refused(trial: Trial) -> None:
    workspace = trial.workspace
    erase(workspace, trial.erasing, trial.owners[0])
    workspace.start()
    upload = workspace.ask("POST", "/v1/lists/vip/uploads", body={"mode": "add", "kind": "email"}).content["id"]
    rows = {"rows": ["c4n4ry@example.com", "new@example.com"]}

    taken = workspace.ask("POST", f"/v1/lists/vip/uploads/{upload}/rows", body=rows).content
    correction = {"traits": {"plan": "gold"}, "reason": "none"}

    assert (taken["accepted"], len(taken["refused"])) == (1, 1)
    assert workspace.ask("PATCH", "/v1/profiles/user_id:c4n4ry-user/traits", body=correction).status == 404
    with pytest.raises(ErasedError):
        workspace.send({"type": "track", "event": "Feedback Given", "userId": "c4n4ry-user"})
    assert trial.left() == set()


def test_an_erased_identifier_joins_nobody(trial: Trial) -> None:
    world, database = trial.workspace.world, trial.workspace.world.database
    erase(trial.workspace, trial.erasing, trial.owners[0])
    new = an_event(1, links=("user_id:new", trial.owners[1], trial.owners[2]))

    world.store(new)
    world.settle()

    assert ProfileStore(database).root("p_user_id:new") is None
    assert all(IdentityStore(database).read(owner).parts == () for owner in trial.owners)


def test_many_people_are_erased_in_one_request_and_the_others_stay() -> None:
    workspace = Workspace()
    archive(workspace.world, workspace.lake, Parquet())
    erasing = Erasing(world=workspace.world, lake=workspace.lake, format=Parquet())
    people = [f"u-{number}" for number in range(125)]
    workspace.send(*({"type": "identify", "userId": name, "traits": {"plan": f"plan-{name}."}} for name in people))
    owners = [workspace.owner("user_id", name) for name in people]

    id = erase(workspace, erasing, *owners[:115])

    assert {what for _, what in still_said(erasing, [f"plan-{name}." for name in people[:115]], owners[:115])} == set()
    assert requests_of(workspace).certificate(id)["erased"] == 115
    assert {what for _, what in still_said(erasing, [f"plan-{name}." for name in people[115:]], ())} == {
        f"plan-{name}." for name in people[115:]
    }
