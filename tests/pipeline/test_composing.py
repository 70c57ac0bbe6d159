"""What a message says of the entry: what the passage keeps, and all that its event says in clear."""

from typing import Any

import pytest

from regulars.domain.instants import DAY
from regulars.domain.mustache import split_at
from regulars.domain.templates import parse_template, render
from regulars.pipeline.delivering import DONE
from tests.builders import START, an_event
from tests.sending import JANE, Sending


def told(text: str, properties: dict[str, Any], **given: Any) -> list[str]:
    """Let Jane enter by an event, and give what was written to her."""
    sending = Sending()
    sending.template("hello", "email", text)
    sending.meet()
    event = an_event(900, links=(JANE,), name="Signed Up", properties=properties)
    sending.say(event)
    passage = sending.enter(**{"event": f"{event.owner} {event.moment}", **given})

    assert sending.deliver(passage) == DONE
    return [outgoing.text for outgoing in sending.post.channel.taken]


def test_an_event_past_its_period_is_named_no_more() -> None:
    sending = Sending()
    sending.template("hello", "email", "{{entry.plan}} {{entry.cart}}")
    sending.meet()
    late = START + 31 * DAY
    event = an_event(900, links=(JANE,), name="Signed Up", properties={"plan": "gold", "cart": "c"}, kept_until=late)
    sending.say(event)
    entry = f"{event.owner} {event.moment}"
    before, bound, after = (
        sending.enter(event=entry, bound=bound) for bound in ({}, {"plan": "kept", "cart": "kept"}, {"cart": "kept"})
    )
    sending.deliver(before)
    sending.world.clock.advance_to(late)
    sending.deliver(bound)
    sending.deliver(after)

    assert [outgoing.text for outgoing in sending.post.channel.taken] == ["gold c\n", "kept kept\n"]
    assert sending.message(after).reason == "missing_variable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{traits.email.domain}}", ["example.com\n"]),
        ("{{traits.address.city}}", ["Berlin\n"]),
        ("{{traits.shop.address.city}}", ["Rome\n"]),
        ("{{traits.email}} {{traits.email.domain}}", ["jane@example.com example.com\n"]),
        ("{{traits.email.tld}}", []),
        ("{{traits.address.city.name}}", []),
        ("{{traits.shop}}", []),
    ],
)
def test_a_message_names_traits_whose_names_have_dots_and_what_is_in_others(text: str, expected: list[str]) -> None:
    sending = Sending()
    sending.template("hello", "email", text)
    said: dict[str, Any] = {
        "email.domain": "example.com",
        "address": {"city": "Berlin"},
        "shop.address": {"city": "Rome"},
    }
    sending.meet(**said)

    sending.deliver(sending.enter())
    assert [outgoing.text for outgoing in sending.post.channel.taken] == expected
    if expected:  # as a preview shows it, which has all traits at hand
        template = parse_template("hello", {"channel": "email", "subject": "s", "text": text})
        assert [render(template, {"traits": {"email": "jane@example.com", **said}}).text] == expected


def test_a_path_is_split_behind_the_longest_name_that_is_known() -> None:
    assert split_at("email.domain", {"email", "email.domain"}) == ("email.domain", "")
    assert split_at("email.tld", {"email", "email.domain"}) == ("email", "tld")
    assert split_at("a.b.c.d", {"a", "a.b"}) == ("a.b", "c.d")
    assert split_at("other", {"email"}) is None


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("{{entry.plan}}", {}, ["gold\n"]),
        ("{{entry.cart.value}} {{entry.plan}}", {}, ["12.5 gold\n"]),
        ("{{entry.plan}}", {"bound": {"plan": "kept"}}, ["kept\n"]),
        ("{{entry.plan}}", {"bound": {"plan": "kept"}, "event": ""}, ["kept\n"]),
        ("{{entry.plan}}", {"event": ""}, []),
        ("{{entry.plan}}", {"event": f"{JANE} gone"}, []),
        ("{{entry.nothing}}", {}, []),
    ],
    ids=range(7),
)
def test_a_message_names_what_was_entered_with(text: str, given: dict[str, Any], expected: list[str]) -> None:
    assert told(text, {"plan": "gold", "cart": {"value": 12.5}}, **given) == expected
