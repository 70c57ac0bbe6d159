"""What a message says of the entry: what the passage keeps, and all that its event says in clear."""

from typing import Any

import pytest

from regulars.pipeline.delivering import DONE
from tests.builders import an_event
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
