"""Every hostile or broken payload gets the verdict that is written down, and no answer is a failure of ours."""

import json
from dataclasses import replace
from typing import Any

import pytest

from regulars.domain.identifiers import kind_of
from tests.payloads.address import Address
from tests.payloads.parade import PARADE
from tests.payloads.payload import Payload, Sent, track
from tests.payloads.segments import SAVED, save
from tests.reading import differences
from tests.workspace import Workspace

EACH = [(one, sent) for one in PARADE for sent in one.sent]


@pytest.mark.parametrize(("one", "sent"), EACH, ids=[f"{one.number} {one.name}" for one, _ in EACH])
def test_gets_its_verdict(one: Payload, sent: Sent) -> None:
    address = Address()
    if sent.before:
        address.send(sent.before)
    stored = len(address.events())
    verdict = address.verdict(sent)

    assert verdict in one.verdict.split(", ")[0].replace(" or ", "\n").split("\n")
    assert address.failures == []
    assert (len(address.events()) > stored) == (verdict == "accept" and b'"batch":[]' not in sent.body)
    if verdict == "accept" and sent.message is not None:
        (event,) = address.events()
        assert differences(event, sent.message, address.front_door.sealer) == {}
    if one.verdict == "accept, no link":
        assert "user_id" not in [kind_of(link) for event in address.events() for link in event.links]


def test_after_all_of_them_everything_flows_and_is_read_back() -> None:
    address = Address()
    sent = [_told_apart(each, number) for number, (_, each) in enumerate(EACH)]
    for each in sent:
        if each.before:
            address.send(each.before)
        assert address.send(each)["statusCode"] < 500
    address.world.settle()

    said = {each.message["messageId"]: each.message for each in sent if each.message}
    stored = [event for event in address.events() if event.message_id in said]
    sealer = address.front_door.sealer
    assert address.failures == []
    assert address.world.given_up == []
    assert len(stored) > 0.9 * len(said)
    assert [found for event in stored if (found := differences(event, said[event.message_id], sealer))] == []
    assert len(address.world.database.all("profiles")) > 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a" * 200 + "b", "a" * 200 + "c", False),
        ("jürgen", "ju\u0308rgen", True),
        ("ａｄｍｉｎ", "admin", False),
        ("\u212aelvin", "Kelvin", True),
        ("Kelvin", "kelvin", False),
        (123, "123", True),
        (" u ", "u", True),
        ("a#b", "a|b", False),
    ],
)
def test_says_which_ids_are_one_person_s(one: Any, other: Any, same: bool) -> None:
    address = Address()
    for sent in (track(userId=one, messageId="m-1"), track(userId=other, messageId="m-2")):
        assert address.verdict(sent) == "accept"

    assert len({event.owner for event in address.events()}) == (1 if same else 2)


def _told_apart(sent: Sent, number: int) -> Sent:
    """Give each message an id of its own, so that none is a duplicate."""
    if sent.message is None:
        return sent
    message = {**sent.message, "messageId": f"parade-{number}"}
    body: Any = {"batch": [message]} if sent.path == "/v1/batch" else message
    return replace(sent, body=json.dumps(body).encode(), message=message)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """A workspace in which nothing is defined."""
    return Workspace()


@pytest.mark.parametrize(("number", "name", "verdict", "bodies"), SAVED, ids=[f"{one[0]} {one[1]}" for one in SAVED])
def test_a_definition_that_would_run_or_cost_something_is_refused(
    workspace: Workspace, number: int, name: str, verdict: str, bodies: list[Any]
) -> None:
    del number, name
    answers = [save(workspace, body) for body in bodies]

    assert {f"{answer.status} `{answer.content['code']}`" for answer in answers} == {verdict}
    assert workspace.failures == []
