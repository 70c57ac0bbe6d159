"""What journeys may say, set and show of people: as their plan declares it, and as far as teams see."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.post import Post
from regulars.domain.calls import read
from regulars.domain.events import Event
from regulars.pipeline.admission import lay_out
from regulars.pipeline.journey_rooms import JourneyRooms, Ways
from regulars.pipeline.plans import Plans
from regulars.pipeline.sealing import open_rest
from regulars.pipeline.telling_journeys import Teller
from regulars.stores.events import from_item
from regulars.stores.journeys import JourneyStore
from tests.builders import an_event
from tests.journey_life import GREETING, a_workspace, publish, write
from tests.workspace import Answer, Workspace, delivery

PLAN: dict[str, Any] = {
    "properties": {
        "properties": {
            "site": {"type": "string"},
            "mood": {"type": "string", "x-privacy": "personal"},
            "diagnosis": {"type": "string", "x-privacy": "sensitive"},
        }
    }
}
SAID = {"site": "s1", "mood": "blue", "diagnosis": "asthma"}


@pytest.fixture
def workspace() -> Workspace:
    workspace = a_workspace()
    workspace.send({"type": "identify", "userId": "ann", "traits": {"plan": {"of": {"old": 1}}, "salary": 10}})
    return workspace


def plan(workspace: Workspace, **scope: Any) -> None:
    """Say what is personal in events of a name, or in all."""
    put = workspace.put("/v1/tracking-plan/signed_up", {"definition": {**scope, **PLAN}})
    assert put.status == 200, put.text


def template(workspace: Workspace, text: str, id: str = "hello", **caller: Any) -> Answer:
    """Write a letter."""
    content = {"channel": "email", "subject": "Hi", "text": f"{text} {{{{links.unsubscribe}}}}"}
    return workspace.ask("PUT", f"/v1/templates/{id}", body={"definition": content}, **(caller or {"role": "admin"}))


def ask_in(workspace: Workspace, **wish: Any) -> Answer:
    """Let a program ask Ann in."""
    body = {"profile": "user_id:ann", "properties": SAID, **wish}
    return workspace.ask("POST", "/v1/journeys/greeting/entries", "marketer", body=body)


def request_of(workspace: Workspace) -> Event:
    """Read the event of the one request that there is."""
    events = map(from_item, workspace.world.database.all("events"))
    [event] = [event for event in events if event.name == "Journey Entry Requested"]
    return event


@pytest.mark.parametrize("scope", [{"event": "Signed Up"}, {"all": True}], ids=["event", "all"])
def test_what_a_plan_declares_is_sealed_in_requests_too(workspace: Workspace, scope: dict[str, Any]) -> None:
    plan(workspace, **scope)
    publish(workspace)

    assert ask_in(workspace).status == 200
    event = request_of(workspace)
    sealed = open_rest(event, workspace.sealer)
    assert event.properties == {"site": "s1"}
    assert (sealed["properties"], sealed["sensitive"]["properties"]) == ({"mood": "blue"}, {"diagnosis": "asthma"})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["mood", "email", "a"]), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["site", "mood", "diagnosis", "email", "a", ""]), VALUES))
def test_whatever_a_request_says_is_kept_whole_and_what_is_declared_sealed(said: dict[str, Any]) -> None:
    workspace = a_workspace()
    workspace.send({"type": "identify", "userId": "ann", "traits": {"plan": "gold"}})
    plan(workspace, event="Signed Up")
    publish(workspace)
    asked = ask_in(workspace, key="o-1", properties=said)

    assert asked.status == 200, asked.text
    event = request_of(workspace)
    sealed = open_rest(event, workspace.sealer) if event.sealed else {}
    assert event.properties.keys().isdisjoint({"mood", "diagnosis"})
    assert sealed.get("sensitive", {}).get("properties", {}).keys() == {"diagnosis"} & said.keys()
    apart = sealed.get("sensitive", {}).get("properties", {})
    assert {**event.properties, **sealed.get("properties", {}), **apart} == said


def test_a_journey_of_requests_alone_goes_by_what_holds_of_all_events(workspace: Workspace) -> None:
    plan(workspace, all=True)
    publish(workspace, enter={"api": True})
    ask_in(workspace)

    assert request_of(workspace).properties == {"site": "s1"}


def test_a_request_is_shown_as_any_event(workspace: Workspace) -> None:
    plan(workspace, event="Signed Up")
    publish(workspace)
    ask_in(workspace)

    def shown(role: str) -> Any:
        events = workspace.get("/v1/profiles/user_id:ann/events", role).content["events"]
        return next(one["properties"] for one in events if one.get("event") == "Journey Entry Requested")

    assert shown("privacy") == SAID
    assert shown("marketer") == {"site": "s1"}


def test_a_key_that_is_sealed_is_no_key(workspace: Workspace) -> None:
    plan(workspace, event="Signed Up")
    publish(workspace, enter={"event": "Signed Up", "key": "diagnosis", "api": True})

    refused = ask_in(workspace)
    assert (refused.status, "another key" in refused.text) == (400, True)
    assert "asthma" not in repr([*workspace.world.database.all("events"), *workspace.wanted.sent])
    assert [ask_in(workspace, key=one).status for one in ("asthma", '"asthma"', "o-1")] == [400, 400, 200]
    assert "asthma" not in repr([*workspace.world.database.all("events"), *workspace.wanted.sent])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{entry.diagnosis}}", "calls sensitive"),
        ("{{#entry.diagnosis}}yes{{/entry.diagnosis}}", "calls sensitive"),
        ("{{entry.diagnosis.of}}", "calls sensitive"),
        ("{{entry.mood}}", "kept sealed"),
    ],
    ids=range(4),
)
@pytest.mark.parametrize("scope", [{"event": "Signed Up"}, {"all": True}], ids=["event", "all"])
def test_no_message_says_what_a_plan_seals_of_an_entry(
    workspace: Workspace, text: str, said: str, scope: dict[str, Any]
) -> None:
    plan(workspace, **scope)
    assert template(workspace, text).status == 200

    published = publish(workspace)
    assert (published.status, said in published.text) == (400, True)
    assert template(workspace, "{{entry.site}}").status == 200
    assert publish(workspace).status == 200
    refused = template(workspace, text)
    assert (refused.status, said in refused.text) == (400, True)


def sign_up(workspace: Workspace) -> Event:
    """Let Ann enter by an event, as the door reads it by the plan."""
    judge = Plans(workspace.world.database, workspace.world.clock).now()
    said = {"type": "track", "userId": "ann", "event": "Signed Up", "properties": SAID, "messageId": "m"}
    call = read(said, replace(delivery(workspace), plan=judge))
    workspace.sealer.prepare([call.event.owner])
    event = from_item(lay_out(call, workspace.sealer, workspace.stamps))
    workspace.world.store(event)
    workspace.world.settle()
    return event


@pytest.mark.parametrize("by", ["event", "request"])
def test_a_plan_that_comes_late_holds_for_who_enters_from_then_on(workspace: Workspace, by: str) -> None:
    template(workspace, "About {{entry.diagnosis}}")
    assert publish(workspace, steps=[GREETING["steps"][1]]).status == 200
    plan(workspace, event="Signed Up")
    ann, world = workspace.owner("user_id", "ann"), workspace.world
    workspace.send({"type": "identify", "userId": "ann", "traits": {"email": "ann@x.example"}})
    given = {"name": "Consent Given", "properties": {"purpose": "newsletter"}, "proven": True}
    world.store(an_event(77, links=(ann,), at=world.clock.now, arrival=world.clock.now, **given))
    world.settle()
    if by == "event":
        event = sign_up(workspace)
        workspace.wanted.send([{"owner": event.owner, "moment": event.moment}])
    else:
        ask_in(workspace)
    tell = Teller(world.database, workspace.sealer, world.clock).tell
    ways = Ways(machines=workspace.machines, wanted=workspace.wanted, tell=tell, journal=world.journal)
    rooms = JourneyRooms(world.database, workspace.sealer, map, ways=ways, clock=world.clock)
    rooms.start_batch()
    rooms.occasions.work(workspace.wanted.sent[-1])

    [passage] = JourneyStore(world.database).passages(ann)
    post = Post(world, workspace.sealer)
    post.deliveries().answer(passage.instance, "hello")
    [message] = JourneyStore(world.database).messages(ann)
    assert "s1" in passage.key
    assert (message.reason, post.channel.taken) == ("missing_variable", [])
    assert "asthma" not in repr([*world.database.all("journeys"), *world.database.all("events")])


TEAM = {"token_use": "access", "sub": "s-9", "cognito:groups": "[marketer team-news]"}


@pytest.fixture
def news(workspace: Workspace) -> Workspace:
    """A team that sees which plan people have, and nothing else of them."""
    teams = {"teams": {"news": {"segments": [], "traits": ["plan"]}}, "others": "none"}
    assert workspace.put("/v1/teams", {"definition": teams}).status == 200
    return workspace


def test_a_team_sets_no_trait_that_it_does_not_see(news: Workspace) -> None:
    def put(*steps: Any) -> int:
        body = {"definition": {**GREETING, "steps": [*steps, *GREETING["steps"]]}}
        return news.ask("PUT", "/v1/journeys/mine", body=body, claims=TEAM).status

    assert put({"update": {"salary": 99}}) == 403
    assert put({"repeat": {"times": 2, "steps": [{"update": {"plan": "x", "salary": 99}}]}}) == 403
    assert put({"split": [{"name": "a", "percent": 50, "steps": [{"update": {"salary": 9}}]}]}) == 403
    assert put({"update": {"plan": "gold"}}) == 200
    draft = write(news, "theirs", steps=[{"update": {"salary": 99}}])
    assert news.ask("POST", "/v1/journeys/theirs/publish", body={"draft": draft}, claims=TEAM).status == 403


def test_a_team_writes_shows_and_sends_no_trait_that_it_does_not_see(news: Workspace) -> None:
    def preview() -> Answer:
        return news.ask("POST", "/v1/templates/hello/preview", body={"profile": "user_id:ann"}, claims=TEAM)

    def put() -> int:
        return news.ask("PUT", "/v1/journeys/greeting", body={"definition": GREETING}, claims=TEAM).status

    def go() -> int:
        draft = write(news)
        return news.ask("POST", "/v1/journeys/greeting/publish", body={"draft": draft}, claims=TEAM).status

    nested = "{{traits.plan.of.old}}"  # a trait may be called so, and is hidden
    for text in (nested, "{{traits.salary}}", "{{#traits.salary}}rich{{/traits.salary}}", "{{traits.salary.of.all}}"):
        assert template(news, text, claims=TEAM).status == 403
        assert template(news, text).status == 200
        assert (preview().status, put(), go()) == (403, 403, 403)
    assert (
        template(news, "{{#traits.plan}}p{{/traits.plan}} {{#traits.plan.of}}x{{/traits.plan.of}}", claims=TEAM).status
        == 200
    )
    assert (preview().status, put(), go()) == (200, 200, 200)
