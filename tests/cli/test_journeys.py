"""`regulars journey`: journeys of the catalog, checked where they stand and drawn."""

import json

import pytest

from regulars.domain.instants import DAY
from tests.builders import START, an_event, an_order
from tests.cli.conftest import Regulars
from tests.cli.lakes import archive

PATH = "catalog/journeys/mine.yaml"


def test_the_journeys_of_the_catalog_hold_together(regulars: Regulars) -> None:
    said = regulars("journey", "check")

    assert said.code == 0
    assert "6 journeys hold together" in said.err
    assert {one["id"]: one["messages"] for one in regulars.json("journey", "check")["journeys"]} == {
        "abandoned_cart": 3,
        "delivery_problem": 2,
        "post_purchase": 3,
        "welcome": 3,
        "welcome_back": 1,
        "win_back": 2,
    }


def test_says_which_line_is_wrong(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {event: Signed Up}\nsteps:\n  - wait: 1 day\n  - join: unhapy\n")
    said = regulars("journey", "check", PATH)

    assert said.code == 1
    assert "there is no list unhapy: did you mean unhappy?" in said.err
    assert "mine.yaml:4" in said.err


def test_says_all_that_is_wrong_and_shows_the_rest(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {segment: vipp}\nsteps: [exit]\n")
    regulars.write("catalog/journeys/other.yaml", "steps: [exit]\n")
    said = regulars("journey", "check")

    assert said.code == 1
    assert "there is no segment vipp" in said.err
    assert "enter: is an object" in said.err
    assert "welcome_back" in said.out


def test_a_move_leads_to_a_journey_that_is_open(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {event: Signed Up}\nsteps: [{move: welcome}]\n")

    assert "no journey open to moves (enter: {api: true}) called welcome" in regulars("journey", "check", PATH).err


def test_a_message_by_a_channel_that_its_purpose_has_not_is_refused_whoever_is_asked(regulars: Regulars) -> None:
    send = "{channel: sms, template: welcome, purpose: newsletter}"
    regulars.write(PATH, f"enter: {{event: Signed Up}}\nsteps:\n  - send: {send}\n")
    said = regulars("journey", "check", PATH)

    assert said.code == 1
    assert "names the channel sms of the purpose newsletter, and there is none" in said.err
    assert "add it to its channels in catalog/consent.yaml (email)" in said.err


def test_a_template_that_says_what_is_sensitive_is_refused(regulars: Regulars) -> None:
    plan = "type: identify\ntraits: {properties: {first_name: {type: string, x-privacy: sensitive}}}\n"
    regulars.write("catalog/tracking-plan/identify.yaml", plan)
    said = regulars("journey", "check", "catalog/journeys/welcome.yaml")

    assert said.code == 1
    assert "traits.first_name, which the tracking plan calls sensitive" in said.err
    assert "calls sensitive" in regulars("template", "check").err


def test_a_template_that_says_what_is_sensitive_of_an_entry_is_refused(regulars: Regulars) -> None:
    plan = "event: Signed Up\nproperties: {properties: {diagnosis: {type: string, x-privacy: sensitive}}}\n"
    regulars.write("catalog/tracking-plan/signed_up.yaml", plan)
    template = "channel: email\nsubject: Hi\ntext: '{{entry.diagnosis}} {{links.unsubscribe}}'\n"
    regulars.write("catalog/templates/welcome.yaml", template)
    said = regulars("journey", "check", "catalog/journeys/welcome.yaml")

    assert said.code == 1
    assert "entry.diagnosis, which the tracking plan calls sensitive" in said.err
    assert "calls sensitive" in regulars("template", "check").err


def test_draws_a_journey(regulars: Regulars) -> None:
    drawn = regulars("journey", "draw", "catalog/journeys/welcome.yaml")

    assert drawn.out.splitlines()[:2] == ["flowchart TD", '  enter(["Signed Up"])']
    assert drawn.out == regulars.json("journey", "draw", "catalog/journeys/welcome.yaml")["mermaid"]


def test_a_file_that_there_is_not_is_said_to_be(regulars: Regulars) -> None:
    assert "there is no such file" in regulars("journey", "draw", "catalog/journeys/none.yaml").err


def test_apply_writes_drafts_that_nobody_enters(applied: Regulars) -> None:
    written = applied.json("journey", "list")

    assert len(written) == 6
    assert [one["versions"] for one in written] == [[]] * 6
    assert {one["action"] for one in applied.json("plan", "--check")["changes"]} == {"unchanged"}


def test_a_journey_that_names_what_no_file_defines_is_not_applied(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {segment: vipp}\nsteps: [exit]\n")
    regulars.write("catalog/journeys/other.yaml", "enter: {event: A}\nsteps:\n  - {move: nowhere}\n")

    said = regulars("apply")

    assert said.code == 1
    assert "there is no segment vipp" in said.err
    assert "catalog/journeys/other.yaml:3" in said.err
    assert regulars.platform.workspace.get("/v1/journeys").content["journeys"] == []


def test_what_a_journey_sends_has_to_be_there(regulars: Regulars) -> None:
    send = "{send: {channel: email, template: none, purpose: newsletter}}"
    regulars.write(PATH, f"enter: {{event: A}}\nsteps: [{send}]\n")
    regulars.write("catalog/journeys/other.yaml", "enter: {event: A}\nsteps: [{webhook: {to: nowhere}}]\n")

    said = regulars("journey", "check")

    assert "write catalog/templates/none.yaml" in said.err
    assert "write catalog/webhooks/nowhere.yaml" in said.err


def test_a_channel_that_nobody_could_agree_to_is_told(regulars: Regulars) -> None:
    send = "{send: {channel: sms, template: a, purpose: newsletter}}"
    regulars.write(PATH, f"enter: {{event: A}}\nsteps: [{send}]\n")

    assert "the channel sms of the purpose newsletter" in regulars("journey", "check", PATH).err
    assert "the channel sms of the purpose newsletter" in regulars("plan").err


WIN_BACK = """\
purpose: orders
enter: {event: Order Completed}
goal: {event: Order Completed, within: 60 days, exit: false}
steps:
  - hold: {at_most: 14 days, until: [{event: Order Completed, restart: true}]}
  - send: {channel: email, template: we_miss_you, class: transactional}
"""


@pytest.fixture
def shop(lake: Regulars) -> Regulars:
    """Ann orders twice and stays away, bob orders once, and somebody looks."""
    archive(
        an_order(1, links=("user_id:ann",)),
        an_order(2, links=("user_id:ann",), at=START + 5 * DAY),
        an_order(3, links=("user_id:bob",), at=START + 6 * DAY),
        an_event(4, links=("anonymous_id:dan",)),
    )
    lake.write(PATH, WIN_BACK)
    return lake


def test_everybody_in_the_lake_lives_through_a_journey(shop: Regulars) -> None:
    found = shop.json("journey", "simulate", PATH, "--until", "2026-03-01")

    assert {name: found[name] for name in ("people", "entered", "entrants", "converted", "held_out")} == {
        "people": 3,
        "entered": 2,
        "entrants": 2,
        "converted": 1,
        "held_out": 0,
    }
    assert found["places"] == [
        {"place": "hold_1", "came": {"0": 1, "time": 2}},
        {"place": "we_miss_you", "came": {"sent": 2}},
    ]
    assert [passage["steps"][-1]["at"][:10] for passage in found["passages"]] == ["2026-01-20", "2026-01-21"]
    assert found["transitions"] == 2 * 2 + 2 * 1 + 1 * 2 + 2 * 2  # in and out; holds, one begun anew; messages
    assert found["dollars"] == (12 * 25 + 2 * 100) / 1_000_000


def test_shows_what_was_sent_and_to_whom(shop: Regulars) -> None:
    said = shop("journey", "simulate", PATH, "--until", "2026-03-01").out

    assert "2 passages, of 2 of 3 profiles" in said
    assert "sent 2" in said
    assert "goal: 1 (50.0%) of those who went through" in said
    assert "p_user_id:ann" in said


def test_only_who_enters_within_the_days_is_followed(shop: Regulars) -> None:
    found = shop.json("journey", "simulate", PATH, "--since", "2026-01-05", "--until", "2026-01-10")

    assert (found["entered"], found["waiting"], found["endings"]) == (2, 2, {})


def test_the_policy_of_messages_holds(shop: Regulars) -> None:
    shop.write("catalog/messaging.yaml", "caps: [{most: 0, days: 1, class: transactional}]\n")

    assert shop.json("journey", "simulate", PATH)["places"][1]["came"] == {"not sent: capped": 2}


def test_a_policy_that_is_wrong_is_refused_with_its_line(shop: Regulars) -> None:
    shop.write("catalog/messaging.yaml", "holdout: 5\ncaps: [{most: 1}]\n")

    assert "messaging.yaml:2" in shop("journey", "simulate", PATH).err


def test_all_passages_go_into_a_file(shop: Regulars) -> None:
    shop("journey", "simulate", PATH, "-o", str(shop.folder / "all.jsonl"))
    lines = [json.loads(line) for line in (shop.folder / "all.jsonl").read_text().splitlines()]

    assert [line["profile_id"] for line in lines] == ["p_user_id:ann", "p_user_id:bob"]


def test_days_that_are_none_are_refused(shop: Regulars) -> None:
    assert shop("journey", "simulate", PATH, "--since", "soon").code == 2
    assert shop("journey", "simulate", PATH, "--since", "2026-02-01", "--until", "2026-02-01").code == 2
