"""A refused message without the people in it: shown masked, edited masked, and whole again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.masking import MASK, mask, revealed, unmask
from regulars.errors import DefinitionError
from tests.messages import a_track_call, an_identify_call


def shown(message: Any) -> Any:
    return mask(message, DEFAULT_RULES)


def test_shows_what_says_nothing_of_a_person() -> None:
    message = shown(a_track_call())

    assert message["event"] == "Product Viewed"
    assert message["properties"] == {"product_id": "p-1", "price": 10}
    assert (message["anonymousId"], message["messageId"]) == (MASK, MASK)


@pytest.mark.parametrize(
    "message",
    [
        a_track_call(event="Mail to c4n4ry@example.com"),
        a_track_call(anonymousId=None, userId={"nested": "c4n4ry"}),
        a_track_call(userId=["c4n4ry"]),
        a_track_call(properties="c4n4ry"),
        a_track_call(properties=["c4n4ry"]),
        a_track_call(properties={"email": "c4n4ry"}),
        a_track_call(properties={"c4n4ry@example.com": 1}),
        a_track_call(properties={"url": "https://x.example/?q=c4n4ry"}),
        a_track_call(userId="c4n4ry-123", properties={"sku": "for c4n4ry-123"}),
        a_track_call(context={"ip": "c4n4ry", "page": {"path": "/p", "title": "c4n4ry"}}),
        a_track_call(unheard_of="c4n4ry"),
        a_track_call(**{"c4n4ry@example.com": 1}),
        a_track_call(integrations={"c4n4ry": True}),
        an_identify_call(traits={"firstName": "c4n4ry", "plan": "gold"}),
        an_identify_call(traits={"plan": ["gold", {"mail": "c4n4ry@example.com"}]}),
        ["c4n4ry"],
        "c4n4ry",
    ],
)
def test_masks_whatever_may_be_personal(message: Any) -> None:
    assert "c4n4ry" not in json.dumps(shown(message))


def test_what_stays_masked_comes_back_as_it_was_sent() -> None:
    sent = an_identify_call(traits={"email": "c4n4ry@example.com", "plan": "gold", "a@b.example": 1}, extra={"a": 1})
    edited = shown(sent)
    edited["traits"]["plan"] = "silver"

    assert unmask(edited, sent, shown(sent)) == {**sent, "traits": {**sent["traits"], "plan": "silver"}}


def test_what_is_taken_out_stays_out() -> None:
    sent = an_identify_call(traits={"email": "c4n4ry@example.com", "plan": "gold", "a@b.example": 1})
    edited = shown(sent)
    del edited["traits"]["plan"], edited["traits"]["email"]

    assert unmask(edited, sent, shown(sent))["traits"] == {"a@b.example": 1}


@pytest.mark.parametrize("edited", [{"traits": {"nick": MASK}}, {"list": [MASK]}, {"new": {"a": [{"b": MASK}]}}])
def test_a_mask_where_nothing_was_sent_is_refused(edited: Any) -> None:
    sent = an_identify_call()

    with pytest.raises(DefinitionError, match="nothing was sent there"):
        unmask(edited, sent, shown(sent))


def test_tells_when_a_repair_shows_what_was_masked() -> None:
    sent = an_identify_call(traits={"phone": "+49 30 1234", "plan": "gold"})
    moved = {**sent, "traits": {"plan": "gold", "code": "+49 30 1234"}}
    harmless = {**sent, "traits": {"phone": "+49 30 1234", "tier": "gold"}}

    assert revealed(sent, moved, DEFAULT_RULES)
    assert not revealed(sent, harmless, DEFAULT_RULES)
    assert not revealed(sent, {**sent, "event": "x"}, DEFAULT_RULES, ["x"])


values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    message=st.dictionaries(
        st.sampled_from("userId type event properties traits context integrations x a@b.c".split()), values
    )
)
def test_a_message_that_nobody_edits_comes_back_whole(message: Any) -> None:
    assert unmask(shown(message), message, shown(message)) == message
