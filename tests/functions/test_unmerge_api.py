"""What tied people together can be seen, and cut: each side is then what it would be if the edge had never come."""

from typing import Any

import pytest

from regulars.domain.instants import SECOND, to_text
from tests.workspace import Answer, Workspace

ANN: dict[str, Any] = {"type": "identify", "userId": "ann", "anonymousId": "a-1", "traits": {"plan": "gold"}}
DEVICE: dict[str, Any] = {"type": "track", "event": "Product Viewed", "anonymousId": "b-1"}
BOB: dict[str, Any] = {"type": "identify", "anonymousId": "b-1", "traits": {"email": "bob@shop.example", "size": "XL"}}
FALSE: dict[str, Any] = {"type": "track", "event": "Signed In", "userId": "ann", "anonymousId": "b-1"}
GOLD = {"where": {"trait": "plan", "equals": "gold"}}
VIEWERS = {"where": {"event": "Product Viewed"}}


@pytest.fixture
def merged() -> Workspace:
    """Ann and Bob, whom a shared device has made one."""
    workspace = Workspace()
    workspace.world.define("segment", "gold", GOLD)
    workspace.world.define("segment", "viewers", VIEWERS)
    workspace.send(ANN, DEVICE, BOB, FALSE)
    return workspace


def unmerge(workspace: Workspace, ref: str = "user_id:ann", **body: object) -> Answer:
    return workspace.ask("POST", f"/v1/profiles/{ref}/unmerge", "service", body=body)


def apart(workspace: Workspace, ref: str = "user_id:ann", **who: object) -> Answer:
    """Look, and do it."""
    preview = unmerge(workspace, ref, preview=True, **who)
    assert preview.status == 200, preview.text
    done = unmerge(workspace, ref, version=preview.content["version"], **who)
    workspace.world.settle()
    return done


def values(nodes: list[dict[str, Any]]) -> set[str]:
    return {node["value"] for node in nodes}


def segments(workspace: Workspace, ref: str) -> set[str]:
    return {each["segment"] for each in workspace.get(f"/v1/profiles/{ref}").content["memberships"]}


def test_the_graph_names_what_tied_whom_by_which_event(merged: Workspace) -> None:
    graph = merged.get("/v1/profiles/user_id:ann/graph").content

    ids = {node["value"]: node["id"] for node in graph["identifiers"]}
    assert set(ids) == {"ann", "a-1", "b-1", "bob@shop.example"}
    edges = {frozenset((edge["a"], edge["b"])): edge["rule"] for edge in graph["edges"]}
    assert edges == {
        frozenset((ids["ann"], ids["a-1"])): "attach",
        frozenset((ids["bob@shop.example"], ids["b-1"])): "attach",
        frozenset((ids["ann"], ids["b-1"])): "merge",
    }
    assert {edge["event"]["source"] for edge in graph["edges"]} == {"web"}
    assert graph["merged"] == [ids["bob@shop.example"]]
    assert graph["cuts"] == []


def test_a_visitor_alone_has_a_graph_of_one(merged: Workspace) -> None:
    merged.send({**DEVICE, "anonymousId": "c-1"})
    graph = merged.get("/v1/profiles/anonymous_id:c-1/graph").content

    assert (values(graph["identifiers"]), graph["edges"]) == ({"c-1"}, [])


def test_why_tells_the_way_between_two_identifiers(merged: Workspace) -> None:
    why = merged.get("/v1/profiles/user_id:ann/why", a="anonymous_id:a-1", b="email:bob@shop.example").content

    assert [edge["rule"] for edge in why["path"]] == ["attach", "merge", "attach"]
    assert values(why["identifiers"]) == {"a-1", "ann", "b-1", "bob@shop.example"}


def test_why_knows_only_identifiers_of_the_profile(merged: Workspace) -> None:
    answer = merged.get("/v1/profiles/user_id:ann/why", a="anonymous_id:a-1", b="user_id:carl")

    assert (answer.status, answer.content["code"]) == (404, "not_found")


def test_what_a_masked_graph_names_can_be_used_as_a_reference(merged: Workspace) -> None:
    graph = merged.get("/v1/profiles/user_id:ann/graph", role="marketer")

    assert "bob@shop.example" not in graph.text
    ids = [node["id"] for node in graph.content["identifiers"]]
    way = merged.get("/v1/profiles/user_id:ann/why", role="marketer", a=ids[0], b=ids[-1]).content["path"]
    assert way
    assert merged.get(f"/v1/profiles/{ids[-1]}").content["profile_id"] == graph.content["profile_id"]


def test_a_preview_says_what_each_side_would_hold_and_changes_nothing(merged: Workspace) -> None:
    before = merged.get("/v1/profiles/user_id:ann").content
    preview = unmerge(merged, preview=True, edge=["user_id:ann", "anonymous_id:b-1"]).content

    assert preview["done"] is False
    assert values(preview["stays"]["identifiers"]) == {"ann", "a-1"}
    assert values(preview["leaves"]["identifiers"]) == {"b-1", "bob@shop.example"}
    assert (preview["stays"]["segments"], preview["stays"]["leaves"]) == (["gold"], ["viewers"])
    assert (preview["leaves"]["segments"], preview["leaves"]["enters"]) == (["viewers"], ["viewers"])
    assert set(preview["stays"]["traits"]) == {"plan"}
    assert set(preview["leaves"]["traits"]) == {"email", "size"}
    assert merged.get("/v1/profiles/user_id:ann").content == before


def test_a_cut_gives_each_side_what_is_its_own(merged: Workspace) -> None:
    assert segments(merged, "user_id:ann") == {"gold", "viewers"}
    done = apart(merged, edge=["user_id:ann", "anonymous_id:b-1"]).content

    assert done["done"] is True
    ann, bob = (merged.get(f"/v1/profiles/{ref}").content for ref in ("user_id:ann", "anonymous_id:b-1"))
    assert {ann["profile_id"], bob["profile_id"]} == {done["stays"]["profile_id"], done["leaves"]["profile_id"]}
    assert (values(ann["identifiers"]), set(ann["traits"])) == ({"ann", "a-1"}, {"plan"})
    assert (values(bob["identifiers"]), set(bob["traits"])) == ({"b-1", "bob@shop.example"}, {"email", "size"})
    assert (segments(merged, "user_id:ann"), segments(merged, "anonymous_id:b-1")) == ({"gold"}, {"viewers"})
    bobs_id = f"p_{merged.owner('email', 'bob@shop.example')}"
    assert merged.get(f"/v1/profiles/{bobs_id}").content["profile_id"] == bob["profile_id"]


def test_each_side_is_told_of_the_segments_it_enters_and_leaves(merged: Workspace) -> None:
    told = len(merged.world.announced)
    done = apart(merged, edge=["user_id:ann", "anonymous_id:b-1"]).content

    new = {(one.profile_id, one.segment, one.entered) for one in merged.world.announced[told:]}
    assert new == {
        (done["stays"]["profile_id"], "viewers", False),
        (done["leaves"]["profile_id"], "viewers", True),
    }


def test_the_same_false_claim_does_not_come_back_until_it_is_released(merged: Workspace) -> None:
    apart(merged, edge=["user_id:ann", "anonymous_id:b-1"])
    merged.send(FALSE, {**FALSE, "type": "identify", "traits": {}})

    assert merged.get("/v1/profiles/user_id:ann").content["profile_id"] != _id(merged, "anonymous_id:b-1")
    [cut] = merged.get("/v1/profiles/user_id:ann/graph").content["cuts"]
    assert (cut["by"], cut["released"]) == ("s-1", None)
    body = {"a": cut["b"], "b": cut["a"]}
    assert merged.ask("POST", "/v1/profiles/user_id:ann/release", "service", body=body).status == 200
    assert merged.ask("POST", "/v1/profiles/user_id:ann/release", "service", body=body).status == 404
    assert _id(merged, "user_id:ann") != _id(merged, "anonymous_id:b-1")
    merged.send(FALSE)
    assert _id(merged, "user_id:ann") == _id(merged, "anonymous_id:b-1")


def test_other_claims_that_would_join_the_sides_are_refused_too(merged: Workspace) -> None:
    apart(merged, edge=["user_id:ann", "anonymous_id:b-1"])
    merged.send({"type": "identify", "anonymousId": "a-1", "traits": {"email": "bob@shop.example"}})

    assert _id(merged, "anonymous_id:a-1") != _id(merged, "email:bob@shop.example")


def test_one_identifier_can_leave_alone(merged: Workspace) -> None:
    apart(merged, identifiers=["anonymous_id:b-1"])

    assert values(merged.get("/v1/profiles/anonymous_id:b-1/identifiers").content["identifiers"]) == {"b-1"}
    rest = merged.get("/v1/profiles/user_id:ann/graph").content
    assert values(rest["identifiers"]) == {"ann", "a-1", "bob@shop.example"}
    assert sorted(edge["rule"] for edge in rest["edges"]) == ["attach", "split"]
    assert len(rest["cuts"]) == 2
    assert _id(merged, "email:bob@shop.example") == _id(merged, "user_id:ann")


def test_whom_an_identifier_belonged_to_is_remembered_over_a_merge_and_its_cut(merged: Workspace) -> None:
    merged.world.advance(merged.world.clock.now + SECOND)
    apart(merged, edge=["user_id:ann", "anonymous_id:b-1"])
    merge, cut = (merged.get("/v1/profiles/user_id:ann/graph").content["cuts"][0][name] for name in ("time", "cut"))
    now = to_text(merged.world.clock.now + 1)

    def belonging(at: str) -> set[str]:
        answer = merged.get("/v1/profiles/anonymous_id:b-1/belonging", at=at)
        return values(answer.content["identifiers"])

    assert belonging("2025-01-01T00:00:00Z") == {"b-1"}
    assert belonging(merge) == {"ann", "a-1", "b-1", "bob@shop.example"}
    assert belonging(cut) == belonging(now) == {"b-1", "bob@shop.example"}
    assert merged.get("/v1/profiles/anonymous_id:b-1/belonging", at=merge).content["profile_id"] == _id(
        merged, "user_id:ann"
    )


def test_what_changed_since_the_preview_is_not_done(merged: Workspace) -> None:
    version = unmerge(merged, preview=True, identifiers=["anonymous_id:b-1"]).content["version"]
    merged.send({"type": "identify", "userId": "ann", "anonymousId": "a-2"})
    answer = unmerge(merged, version=version, identifiers=["anonymous_id:b-1"])

    assert (answer.status, answer.content["code"]) == (409, "conflicting_edit")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "look first"),
        ({"preview": True}, "names who leaves"),
        ({"preview": "yes", "identifiers": ["user_id:ann"]}, "preview is true or false"),
        ({"preview": True, "version": 1, "identifiers": ["user_id:ann"]}, "either preview, or the version"),
        ({"version": True, "identifiers": ["user_id:ann"]}, "whole number"),
        ({"preview": True, "identifiers": ["user_id:carl"]}, "does not belong to this profile"),
        ({"preview": True, "identifiers": [7]}, "names who leaves"),
        ({"preview": True, "edge": ["user_id:ann"]}, "names who leaves"),
        ({"preview": True, "edge": ["user_id:ann", "email:bob@shop.example"]}, "nothing ties these two together"),
        ({"preview": True, "identifiers": [], "edge": []}, "names who leaves"),
        ({"preview": True, "who": "ann"}, "and nothing else"),
    ],
)
def test_what_makes_no_sense_is_answered_with_what_does(merged: Workspace, body: object, words: str) -> None:
    answer = merged.ask("POST", "/v1/profiles/user_id:ann/unmerge", "service", body=body)

    assert answer.status == 400
    assert words in answer.content["message"]
    assert merged.failures == []


@pytest.mark.parametrize("role", ["marketer", "analyst"])
def test_only_those_who_write_profiles_take_them_apart(merged: Workspace, role: str) -> None:
    for verb in ("unmerge", "release"):
        assert merged.ask("POST", f"/v1/profiles/user_id:ann/{verb}", role, body={}).status == 403


def _id(workspace: Workspace, ref: str) -> str:
    found: str = workspace.get(f"/v1/profiles/{ref}").content["profile_id"]
    return found
