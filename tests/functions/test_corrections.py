"""What somebody corrects stays corrected, says by whom and why, and is an event like any other."""

import json
from typing import Any

import pytest

from regulars.adapters.profile_json import Json
from regulars.domain.rebuilding import Rebuilt
from regulars.pipeline.rebuild import Rebuilder
from tests.workspace import Answer, Workspace

PERSON: Json = {
    "type": "identify",
    "userId": "u-1",
    "anonymousId": "a-1",
    "traits": {"email": "jane@example.com", "city": "Basel", "plan": "gold"},
}
WHY = "she moved to Bern, by letter of 3 May"


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with one person."""
    made = Workspace()
    made.send(PERSON)
    return made


def correct(workspace: Workspace, ref: str = "user_id:u-1", role: str = "service", **body: Any) -> Answer:
    """Correct traits a second later, and let it be counted."""
    workspace.world.advance(workspace.world.clock.now + 1_000_000)
    answer = workspace.ask("PATCH", f"/v1/profiles/{ref}/traits", role, body={"reason": WHY, **body})
    workspace.world.settle()
    return answer


def traits(workspace: Workspace, ref: str = "user_id:u-1", role: str = "privacy") -> Json:
    """The traits of somebody."""
    found: Json = workspace.get(f"/v1/profiles/{ref}/traits", role).content["traits"]
    return found


def values(workspace: Workspace, ref: str = "user_id:u-1") -> Json:
    """The values of the traits of somebody."""
    return {name: trait["value"] for name, trait in traits(workspace, ref).items()}


def test_a_corrected_trait_says_who_when_why_and_by_which_event(workspace: Workspace) -> None:
    answer = correct(workspace, traits={"city": "Bern"})

    trait = traits(workspace)["city"]
    assert (trait["value"], trait["source"], trait["message_id"]) == (
        "Bern",
        "corrections",
        answer.content["messageId"],
    )
    assert trait["correction"] == {"by": "s-1", "reason": WHY, "masked": False}
    assert trait["time"] > traits(workspace)["plan"]["time"]
    assert "correction" not in traits(workspace)["plan"]


def test_the_answer_has_the_traits_as_they_will_be(workspace: Workspace) -> None:
    answer = correct(workspace, traits={"city": "Bern", "plan": None})

    assert answer.content["traits"] == traits(workspace)
    assert set(answer.content["traits"]) == {"email", "city"}
    assert answer.content["profile_id"] == f"p_{workspace.owner('user_id', 'u-1')}"


def test_a_profile_shows_the_same_as_its_list_of_traits(workspace: Workspace) -> None:
    correct(workspace, traits={"city": "Bern"})

    assert workspace.get("/v1/profiles/user_id:u-1").content["traits"] == traits(workspace)


def test_who_may_not_read_personal_fields_sees_that_it_was_corrected_and_not_why(workspace: Workspace) -> None:
    correct(workspace, traits={"city": "Bern", "plan": "silver"})

    seen = traits(workspace, role="marketer")

    assert seen["city"]["value"] == "•••"
    assert seen["plan"]["value"] == "silver"
    assert seen["plan"]["correction"] == {"by": "s-1", "reason": "•••", "masked": True}


def test_older_data_undoes_nothing_however_late_it_comes(workspace: Workspace) -> None:
    before = {"timestamp": "2025-12-31T00:00:00Z", **PERSON, "traits": {"city": "Zug", "plan": "lead", "size": "M"}}
    correct(workspace, traits={"city": "Bern", "plan": None})

    workspace.send(before, {**before, "userId": None, "messageId": "m-device"})

    assert values(workspace) == {"email": "jane@example.com", "city": "Bern", "size": "M"}


def test_newer_data_is_newer(workspace: Workspace) -> None:
    correct(workspace, traits={"plan": None})

    workspace.send({**PERSON, "traits": {"plan": "silver"}})

    assert traits(workspace)["plan"]["value"] == "silver"
    assert traits(workspace)["plan"]["source"] == "web"


def test_a_personal_trait_is_removed_too(workspace: Workspace) -> None:
    correct(workspace, traits={"email": None})

    assert values(workspace) == {"city": "Basel", "plan": "gold"}


def test_what_an_identify_call_sets_to_null_is_no_trait(workspace: Workspace) -> None:
    workspace.send({**PERSON, "traits": {"city": None, "plan": None}})

    assert values(workspace) == {"email": "jane@example.com"}


def test_it_outlives_a_merge(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "anonymousId": "a-2", "traits": {"city": "Chur", "size": "L"}})
    correct(workspace, "anonymous_id:a-2", traits={"city": "Genf", "size": None})
    late = {"timestamp": "2025-12-31T00:00:00Z", "traits": {"city": "Zug"}}

    workspace.send({"type": "identify", "userId": "u-1", "anonymousId": "a-2", **late})

    assert values(workspace) == {"email": "jane@example.com", "city": "Genf", "plan": "gold"}
    assert traits(workspace)["city"]["correction"]["reason"] == WHY


def test_it_stays_with_the_identifier_that_it_was_made_for_when_people_are_taken_apart(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "anonymousId": "b-1", "traits": {"email": "bob@shop.example", "size": "XL"}})
    correct(workspace, "anonymous_id:b-1", traits={"size": "S", "city": "Chur"})
    workspace.send({"type": "track", "event": "Signed In", "userId": "u-1", "anonymousId": "b-1"})
    correct(workspace, traits={"city": "Bern"})
    look = {"preview": True, "identifiers": ["anonymous_id:b-1", "email:bob@shop.example"]}
    path = "/v1/profiles/user_id:u-1/unmerge"
    preview = workspace.ask("POST", path, "service", body=look).content
    cut = {"identifiers": look["identifiers"], "version": preview["version"]}

    assert workspace.ask("POST", path, "service", body=cut).status == 200
    workspace.world.settle()

    assert preview["leaves"]["traits"]["size"]["correction"]["reason"] == WHY
    assert values(workspace) == {"email": "jane@example.com", "city": "Bern", "plan": "gold"}
    assert values(workspace, "anonymous_id:b-1") == {"email": "bob@shop.example", "city": "Chur", "size": "S"}


def test_a_rebuild_ties_nobody_who_was_taken_apart(workspace: Workspace) -> None:
    workspace.send({"type": "track", "event": "Signed In", "userId": "u-1", "anonymousId": "b-1"})
    path, cut = "/v1/profiles/user_id:u-1/unmerge", {"identifiers": ["anonymous_id:b-1"]}
    version = workspace.ask("POST", path, "service", body={**cut, "preview": True}).content["version"]
    assert workspace.ask("POST", path, "service", body={**cut, "version": version}).status == 200
    workspace.world.clock.advance_to(workspace.world.clock.now + 120_000_000)

    for ref in ("user_id:u-1", "anonymous_id:b-1"):
        rebuilt = workspace.ask("POST", f"/v1/profiles/{ref}/rebuild").content
        assert (rebuilt["changed"], rebuilt["linked"]) == (0, 0)

    refs = ("user_id:u-1", "anonymous_id:b-1")
    assert len({workspace.get(f"/v1/profiles/{ref}").content["profile_id"] for ref in refs}) == 2


def test_it_is_there_after_all_parts_were_lost(workspace: Workspace) -> None:
    correct(workspace, traits={"city": "Bern", "plan": None})
    before = traits(workspace)
    owner = workspace.owner("user_id", "u-1")
    workspace.world.database.delete("identities", owner, "traits")
    workspace.world.clock.advance_to(workspace.world.clock.now + 120_000_000)

    rebuilder = Rebuilder(workspace.world.database, workspace.world.journal, workspace.world.clock)
    rebuilder.start_batch()

    assert rebuilder.owner(owner) == Rebuilt(identifiers=1, parts=1, changed=1)
    assert traits(workspace) == before


def test_it_is_owned_by_the_identifier_of_highest_priority_and_links_nobody(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "u-2", "traits": {"email": "joe@example.com"}})

    correct(workspace, "anonymous_id:a-1", traits={"email": "joe@example.com"})

    [event] = [each for each in workspace.world.events.of(workspace.owner("user_id", "u-1")) if each.source != "web"]
    assert event.links == (workspace.owner("user_id", "u-1"),)
    assert traits(workspace)["email"]["value"] == "joe@example.com"
    profiles = {workspace.get(f"/v1/profiles/{ref}").content["profile_id"] for ref in ("user_id:u-1", "user_id:u-2")}
    assert len(profiles) == 2


def test_it_stands_in_the_timeline_with_reason_and_person(workspace: Workspace) -> None:
    correct(workspace, traits={"city": "Bern"})

    newest = workspace.get("/v1/profiles/user_id:u-1/events").content["events"][0]

    assert (newest["type"], newest["source"], newest["traits"]) == ("identify", "corrections", {"city": "Bern"})
    assert newest["context"] == {"correction": {"by": "s-1", "reason": WHY}}
    assert newest["identifiers"] == {"user_id": "u-1"}


def test_the_identifier_is_still_told_when_a_correction_is_the_newest_event(workspace: Workspace) -> None:
    before = workspace.get("/v1/profiles/user_id:u-1/identifiers").content

    correct(workspace, traits={"city": "Bern"})

    assert workspace.get("/v1/profiles/user_id:u-1/identifiers").content == before


def test_neither_reason_nor_value_is_stored_in_clear(workspace: Workspace) -> None:
    correct(workspace, traits={"city": "Bern-c4n4ry"})

    stored = repr([workspace.world.database.all(table) for table in ("events", "identities", "tallies", "profiles")])

    assert WHY not in stored
    assert "c4n4ry" not in stored


def test_a_value_that_tells_the_identifier_is_sealed(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "customer-4711", "traits": {"plan": "gold"}})

    correct(workspace, "user_id:customer-4711", traits={"handle": "customer-4711"})

    assert traits(workspace, "user_id:customer-4711", "marketer")["handle"]["masked"] is True


def test_with_a_message_id_it_counts_once(workspace: Workspace) -> None:
    first = correct(workspace, traits={"city": "Bern"}, messageId="case-7")
    again = correct(workspace, traits={"city": "Bern"}, messageId="case-7")

    assert (first.content["duplicate"], again.content["duplicate"]) == (False, True)
    assert again.content["traits"] == first.content["traits"] == traits(workspace)
    assert len(workspace.world.events.of(workspace.owner("user_id", "u-1"))) == 2


def test_a_message_id_is_for_one_correction(workspace: Workspace) -> None:
    workspace.send({**PERSON, "userId": "u-2", "anonymousId": "a-2", "traits": {"plan": "gold"}})
    correct(workspace, traits={"city": "Bern"}, messageId="case-7")

    other_body = correct(workspace, traits={"city": "Zug"}, messageId="case-7")
    other_person = correct(workspace, "user_id:u-2", traits={"city": "Bern"}, messageId="case-7")

    assert (other_body.status, other_body.content["code"]) == (400, "invalid_request")
    assert (other_person.status, other_person.content["code"]) == (400, "invalid_request")
    assert values(workspace)["city"] == "Bern"


def test_two_corrections_at_once_are_both_kept(workspace: Workspace) -> None:
    for change in ({"city": "Bern"}, {"plan": "silver"}, {"city": "Thun"}):
        body = {"traits": change, "reason": WHY}
        assert workspace.ask("PATCH", "/v1/profiles/user_id:u-1/traits", "privacy", body=body).status == 200
    workspace.world.settle()

    assert values(workspace)["plan"] == "silver"
    assert values(workspace)["city"] in ("Bern", "Thun")


def test_a_correction_of_a_correction_of_the_same_instant_is_the_later_one(workspace: Workspace) -> None:
    for message_id, city in (("z", "Bern"), ("a", "Thun")):
        body = {"traits": {"city": city}, "reason": WHY, "messageId": message_id}
        workspace.ask("PATCH", "/v1/profiles/user_id:u-1/traits", "privacy", body=body)
        workspace.world.settle()

    assert values(workspace)["city"] == "Thun"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"traits": {}}, "1 to 200 names"),
        ({"traits": {"city": "Bern"}, "reason": "  "}, "reason says why"),
        ({"traits": {"city": "Bern"}, "reason": "x" * 1_001}, "reason says why"),
        ({"traits": {"city": "Bern"}, "reason": 7}, "the body is"),
        ({"traits": ["city"]}, "the body is"),
        ({"traits": {"city": "Bern"}, "by": "me"}, "nothing else"),
        ({"traits": {"city": "Bern"}, "messageId": ""}, "messageId"),
        ({"traits": {"city": "Bern"}, "messageId": 7}, "messageId"),
        ({"traits": {"city": "Bern"}, "messageId": "x" * 101}, "messageId"),
        ({"traits": {"city": "Bern"}, "messageId": "of jane@example.com"}, "never says of whom"),
        ({"traits": {"jane@example.com": "Bern"}}, "never says of whom"),
        ({"traits": {"": "Bern"}}, "the name of a trait"),
        ({"traits": {"x" * 101: "Bern"}}, "the name of a trait"),
        ({"traits": {"plan": "x" * 1_000}}, "at most 900 bytes"),
        ({"traits": {"city": "x" * 800}}, "at most 900 bytes"),
        ({"traits": {"plan": 10**40}}, "38 digits"),
        ({"traits": {"plan": json.loads("[" * 17 + "]" * 17)}}, "levels"),
        ({"traits": {f"t{number}": 1 for number in range(201)}}, "1 to 200 names"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(workspace: Workspace, body: Json, told: str) -> None:
    before = values(workspace)

    answer = correct(workspace, **body)

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")
    assert told in answer.content["message"]
    assert values(workspace) == before


def test_there_is_room_for_two_hundred_traits(workspace: Workspace) -> None:
    workspace.send({**PERSON, "traits": {f"a{number:03}": 1 for number in range(199)}})

    answer = correct(workspace, traits={"zodiac": "leo"})

    assert answer.status == 400
    assert "at most 200 traits" in answer.content["message"]


def test_nobody_is_corrected_who_is_not_known(workspace: Workspace) -> None:
    assert correct(workspace, "user_id:nobody", traits={"city": "Bern"}).status == 404


def test_a_correction_follows_the_tracking_plan_as_far_as_it_goes(workspace: Workspace) -> None:
    schema = {
        "required": ["plan"],
        "properties": {"plan": {"enum": ["gold", "silver"]}, "shoe": {"type": "integer", "x-privacy": "personal"}},
    }
    plan = {"type": "identify", "mode": "quarantine", "traits": schema}
    assert workspace.put("/v1/tracking-plan/identify", {"definition": plan}).status == 200

    wrong, right = correct(workspace, traits={"plan": "lead"}), correct(workspace, traits={"shoe": 42, "city": None})

    assert (wrong.status, right.status) == (400, 200)
    assert "traits.plan (enum)" in wrong.content["message"]
    assert traits(workspace, role="marketer")["shoe"]["masked"] is True
    assert values(workspace)["shoe"] == 42


def test_no_source_may_be_called_so(workspace: Workspace) -> None:
    answer = workspace.put("/v1/sources/corrections", {"definition": {"name": "Mine"}})

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")
    assert "corrections" in answer.content["message"]


def test_a_correction_that_is_refused_leaves_nothing_behind(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "u-2", "traits": {"city": "Basel"}})
    before = workspace.world.database.all("tallies")

    assert correct(workspace, messageId="jane@example.com", traits={"city": "Bern"}).status == 400
    assert correct(workspace, messageId="case-7", traits={"city": "x" * 5_000}).status == 400
    assert workspace.world.database.all("tallies") == before
    assert correct(workspace, ref="user_id:u-2", messageId="case-7", traits={"city": "Bern"}).status == 200
    assert values(workspace, "user_id:u-2")["city"] == "Bern"


def test_a_correction_makes_facets_as_the_door_does(workspace: Workspace) -> None:
    plan = {"type": "identify", "traits": {"properties": {"email": {"x-facets": ["domain"]}}}}
    assert workspace.put("/v1/tracking-plan/identify", {"definition": plan}).status == 200

    correct(workspace, traits={"email": "jane@bern.example"})
    there = values(workspace)["email.domain"]
    correct(workspace, traits={"email": None})

    assert (there, "email.domain" in values(workspace)) == ("bern.example", False)
    answer = correct(workspace, traits={"email.domain": "forged.example"})
    assert (answer.status, answer.content["code"]) == (400, "invalid_request")
