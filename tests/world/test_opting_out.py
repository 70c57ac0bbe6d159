"""Whoever opts out of sale and sharing has: whole, at once, over merges and splits, until they agree again."""

from typing import Any

import pytest

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import SECOND
from regulars.domain.profiles import alone
from regulars.pipeline.consents import Consents
from regulars.stores.database import Item
from tests.consents import PURPOSES
from tests.workspace import Answer, Workspace
from tests.world.erasures import erase

ADVERTISED = {"definition": {"where": {"event": "Viewed"}, "anonymous": True, "purpose": "advertising"}}
VIEW: dict[str, Any] = {"type": "track", "event": "Viewed"}
GRANT = {"purpose": "advertising", "state": "granted", "proof": "a signed form", "reason": "in the shop"}


class Trial:
    """Somebody on two devices who agreed to advertising, and the segment that asks for it."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.workspace.world.define("consent", "purposes", PURPOSES)
        self.workspace.put("/v1/segments/advertised", ADVERTISED)
        self.workspace.send({**VIEW, "userId": "ann", "anonymousId": "phone"})
        self.workspace.send({**VIEW, "userId": "ann", "anonymousId": "laptop"})
        self.decide()

    def decide(self) -> None:
        """Record that they agree."""
        assert self.workspace.ask("POST", "/v1/profiles/user_id:ann/consent", "service", body=GRANT).status == 200
        self.workspace.world.settle()

    def take(self, *identifiers: str, **changes: Any) -> Answer:
        """Take a request."""
        body = {"kind": "opt_out", "law": "ccpa", "identifiers": list(identifiers), **changes}
        return self.workspace.ask("POST", "/v1/privacy/requests", "privacy", body=body)

    def finish(self, id: str) -> None:
        """Let its workers work."""
        Erasing(world=self.workspace.world, lake=self.workspace.lake, format=Parquet()).finish(id)
        self.workspace.world.settle()

    def opt_out(self, *identifiers: str) -> str:
        """Take a request, and let its workers work."""
        id = str(self.take(*identifiers).content["id"])
        self.finish(id)
        return id

    def allows(self, kind: str = "user_id", value: str = "ann", purpose: str = "advertising") -> bool:
        """Say whether a purpose may go on for somebody."""
        owner = self.workspace.owner(kind, value)
        world = self.workspace.world
        return Consents(world.database, map, world.clock).of(alone(owner)).consent.allows(purpose)

    def events(self, kind: str, value: str) -> list[Item]:
        """The opt-outs that stand under an identifier."""
        owner = self.workspace.owner(kind, value)
        rows = self.workspace.world.database.all("events")
        return [row for row in rows if row["owner"] == owner and row.get("name") == "Opted Out"]


@pytest.fixture
def trial() -> Trial:
    """Somebody on two devices who agreed to advertising."""
    return Trial()


@pytest.mark.parametrize("identifier", ["user_id:ann", "anonymous_id:phone", "anonymous_id:laptop"])
def test_p11_an_opt_out_by_any_identifier_is_the_whole_persons_and_begins_without_proof(
    trial: Trial, identifier: str
) -> None:
    assert trial.allows()
    since = trial.workspace.world.clock.now
    taken = trial.take(identifier).content
    trial.finish(taken["id"])

    done = trial.workspace.get(f"/v1/privacy/requests/{taken['id']}").content
    assert (taken["state"], taken["verified_how"], done["state"]) == ("verified", "not_required", "done")
    assert trial.workspace.begun == [taken["id"]]
    assert done["found"] == {"identifiers": 3}
    assert not trial.allows()
    assert [one.entered for one in trial.workspace.world.announced if one.segment == "advertised"] == [True, False]
    assert trial.workspace.world.clock.now - since <= 60 * SECOND


def test_p11_it_holds_over_a_merge_and_on_both_sides_of_a_split(trial: Trial) -> None:
    trial.opt_out("user_id:ann")
    trial.workspace.take_apart("user_id:ann", trial.workspace.owner("anonymous_id", "phone"))
    trial.workspace.send({"type": "identify", "userId": "bob", "anonymousId": "tablet"})
    body = {**GRANT, "purpose": "advertising"}
    assert trial.workspace.ask("POST", "/v1/profiles/user_id:bob/consent", "service", body=body).status == 200
    trial.workspace.world.settle()

    assert not trial.allows("anonymous_id", "phone")
    assert not trial.allows("user_id", "ann")
    assert trial.allows("user_id", "bob")


def test_it_stops_nothing_else(trial: Trial) -> None:
    before = [trial.allows(purpose=purpose) for purpose in ("analytics", "orders")]
    trial.opt_out("user_id:ann")

    assert [trial.allows(purpose=purpose) for purpose in ("analytics", "orders")] == before == [True, True]


def test_to_agree_again_is_a_new_decision_of_the_person(trial: Trial) -> None:
    trial.opt_out("user_id:ann")
    trial.decide()
    again = trial.allows()
    trial.opt_out("user_id:ann")

    assert again
    assert not trial.allows()


def test_whoever_is_not_known_yet_is_denied_from_their_first_event(trial: Trial) -> None:
    trial.opt_out("user_id:new")
    trial.workspace.send({**VIEW, "userId": "new", "context": {"consent": {"categoryPreferences": {"C0004": True}}}})

    assert not trial.allows("user_id", "new")


def test_it_is_written_once_however_often_its_workers_begin_anew(trial: Trial) -> None:
    id = trial.opt_out("user_id:ann")
    database = trial.workspace.world.database
    [row] = [row for row in database.all("catalog") if row["id"] == id and row["kind"] == "privacy_request"]
    database.put("catalog", {**row, "state": "verified"})
    trial.finish(id)

    assert [len(trial.events(*each)) for each in (("user_id", "ann"), ("anonymous_id", "phone"))] == [1, 1]


def test_its_record_holds_nothing_of_the_person_and_names_who_took_it(trial: Trial) -> None:
    trial.opt_out("user_id:ann")
    [row] = trial.events("user_id", "ann")

    decisions = trial.workspace.get("/v1/profiles/user_id:ann/consent/decisions").content["decisions"]
    assert "sealed" not in row
    assert [each["by"] for each in decisions if "gpc" in str(each)] == ["s-1"] * 3
    shown = trial.workspace.get("/v1/profiles/user_id:ann").content["identifiers"]
    assert {each["value"] for each in shown} == {"ann", "phone", "laptop"}


def test_whoever_was_erased_stays_so(trial: Trial) -> None:
    erasing = Erasing(world=trial.workspace.world, lake=trial.workspace.lake, format=Parquet())
    erase(trial.workspace, erasing, trial.workspace.owner("user_id", "ann"))

    id = trial.opt_out("user_id:ann")

    assert trial.workspace.get(f"/v1/privacy/requests/{id}").content["found"] == {}
    assert trial.events("user_id", "ann") == []


def test_it_is_refused_where_nothing_counts_as_sale_or_sharing(trial: Trial) -> None:
    trial.workspace.world.define("consent", "purposes", {"purposes": {"newsletter": {"name": "Newsletter"}}})

    answer = trial.take("user_id:ann")

    assert answer.status == 400
    assert "categories.gpc" in answer.content["message"]
    assert trial.workspace.begun == []


def test_of_more_than_a_page_it_begins_once_all_are_named(trial: Trial) -> None:
    taken = trial.take().content
    path = f"/v1/privacy/requests/{taken['id']}"
    trial.workspace.ask("POST", f"{path}/identifiers", "privacy", body={"identifiers": ["user_id:ann", "user_id:bob"]})
    refused = trial.workspace.ask("POST", f"{path}/verify", "privacy", body={"how": "by the look"})
    begun = trial.workspace.ask("POST", f"{path}/verify", "privacy", body={})

    assert (taken["state"], refused.status, begun.content["state"]) == ("received", 400, "verified")
