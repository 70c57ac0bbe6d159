"""What consent tools say, and what a source leaves out because of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.consent import Decisions, Purpose, keep_to, read_decisions
from regulars.domain.sources import parse_source
from regulars.errors import DefinitionError, SuppressedError
from tests.consent_strings import gpp, tcf

ANALYTICS = Purpose(name="analytics", categories=("analytics",))
MARKETING = Purpose(name="marketing", categories=("C0004", "gpc"), strip=(("context", "campaign"), ("traits", "email")))
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5)


SAID: dict[str, tuple[dict[str, Any], dict[str, bool]]] = {
    "nothing": ({}, {}),
    "Segment": (
        {"consent": {"categoryPreferences": {"analytics": True, "ads": False}}},
        {"analytics": True, "ads": False},
    ),
    "RudderStack": (
        {"consentManagement": {"provider": "custom", "allowedConsentIds": ["a"], "deniedConsentIds": ["b"]}},
        {"a": True, "b": False},
    ),
    "both, and they differ": (
        {"consent": {"categoryPreferences": {"a": True}}, "consentManagement": {"deniedConsentIds": ["a"]}},
        {"a": False},
    ),
    "a denial first": (
        {"consent": {"categoryPreferences": {"a": False}}, "consentManagement": {"allowedConsentIds": ["a"]}},
        {"a": False},
    ),
    "TCF": (
        {"consent": {"tcString": tcf(1, 7)}},
        {f"tcf_{number}": number in (1, 7) for number in range(1, 25)},
    ),
    "GPP: opted out of sale": ({"gppString": gpp({6: "1YYN"})}, {"gpp_sale": False, "gpp_sharing": False}),
    "GPP: not opted out, which is no consent": ({"consent": {"gpp": gpp({6: "1YNN"})}}, {}),
    "GPP with the TCF": (
        {"gppString": gpp({2: tcf(1, 7)})},
        {f"tcf_{number}": number in (1, 7) for number in range(1, 25)},
    ),
    "GPP and the TCF, which differ": (
        {"gppString": gpp({2: tcf(1)}), "tcString": tcf(1, 7)},
        {f"tcf_{number}": number == 1 for number in range(1, 25)},
    ),
}
BROKEN: dict[str, dict[str, Any]] = {
    "consent is no object": {"consent": "yes"},
    "a list of preferences": {"consent": {"categoryPreferences": ["analytics"]}},
    "a text for true": {"consent": {"categoryPreferences": {"analytics": "true"}}},
    "a list of lists": {"consentManagement": {"deniedConsentIds": [["a"]]}},
    "management by a text": {"consentManagement": "all"},
    "TCF: no base64": {"consent": {"tcString": "COvF!"}},
    "TCF: cut short": {"consent": {"tcString": tcf(1)[:20]}},
    "TCF: version 1": {"context": {}, "tcfString": tcf(1, version=1)},
    "TCF: huge": {"consent": {"tcf": "A" * 1_000_000}},
    "TCF: letters of another script": {"consent": {"tcf": "ｃｏｎｓｅｎｔ"}},
    "GPP: no header": {"gppString": "1YYN"},
    "GPP: no text": {"gppString": 7},
    "GPP: a broken TCF": {"gppString": gpp({2: tcf(1)[:20]})},
    "TCF: empty": {"consent": {"tcString": ""}},
}


@pytest.mark.parametrize(("context", "said"), SAID.values(), ids=SAID)
def test_reads_what_consent_tools_say(context: dict[str, Any], said: dict[str, bool]) -> None:
    assert read_decisions(context, opted_out=False) == Decisions(said | {"gpc": True})


@pytest.mark.parametrize("context", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_a_denial(context: dict[str, Any]) -> None:
    decisions = read_decisions(context, opted_out=False)

    assert not decisions.allow(ANALYTICS)
    assert not decisions.allow(Purpose(name="any", categories=("gpc",)))


@given(
    st.dictionaries(
        st.sampled_from(["consent", "consentManagement", "tcf", "gpp"]), JSON | st.dictionaries(st.text(), JSON)
    )
)
def test_whatever_is_said_is_read_or_denied(context: dict[str, Any]) -> None:
    decisions = read_decisions(context, opted_out=True)

    assert decisions.is_broken or decisions.said["gpc"] is False


@given(st.dictionaries(st.sampled_from("abc"), st.booleans()), st.sampled_from("abc"))
def test_a_denial_more_never_allows_more(preferences: dict[str, bool], category: str) -> None:
    purposes = [
        Purpose(name="p", categories=tuple(names), unsaid=unsaid)
        for names in ("a", "ab", "abc")
        for unsaid in (True, False)
    ]
    before = read_decisions({"consent": {"categoryPreferences": preferences}}, opted_out=False)
    after = read_decisions({"consent": {"categoryPreferences": {**preferences, category: False}}}, opted_out=False)

    assert all(before.allow(purpose) or not after.allow(purpose) for purpose in purposes)


def test_a_browser_that_opted_out_denies_what_needs_gpc_and_nothing_else() -> None:
    decisions = read_decisions({"consent": {"categoryPreferences": {"C0004": True}}}, opted_out=True)

    assert (decisions.allow(MARKETING), decisions.allow(ANALYTICS)) == (False, True)


def test_all_categories_of_a_purpose_must_be_allowed() -> None:
    both = Purpose(name="ads", categories=("C0002", "C0004"), unsaid=False)

    assert not Decisions({"C0002": True}).allow(both)
    assert Decisions({"C0002": True, "C0004": True}).allow(both)


def a_message(**preferences: bool) -> dict[str, Any]:
    return {
        "userId": "u",
        "traits": {"email": "jane@example.com", "plan": "gold"},
        "context": {
            "campaign": {"name": "spring"},
            "traits": {"email": "jane@example.com"},
            "consent": {"categoryPreferences": preferences},
        },
    }


def test_what_is_denied_is_stripped_wherever_it_stands_and_the_rest_stays() -> None:
    message = a_message(C0004=False)
    kept = keep_to([ANALYTICS, MARKETING], message, opted_out=False)

    assert kept == {
        "userId": "u",
        "traits": {"plan": "gold"},
        "context": {"traits": {}, "consent": {"categoryPreferences": {"C0004": False}}},
    }
    assert message == a_message(C0004=False)


def test_an_event_that_needs_a_denied_purpose_is_not_stored() -> None:
    with pytest.raises(SuppressedError, match="analytics"):
        keep_to([ANALYTICS, MARKETING], a_message(analytics=False), opted_out=False)


def test_with_consent_nothing_is_left_out() -> None:
    message = a_message(C0004=True, analytics=True)

    assert keep_to([ANALYTICS, MARKETING], message, opted_out=False) == message


def test_a_source_says_what_it_needs() -> None:
    definition = {
        "consent": {
            "analytics": None,
            "marketing": {"categories": ["C0004", "gpc"], "strip": ["context.campaign", "traits.email"]},
            "ads": {"unsaid": "denied"},
        }
    }

    assert parse_source("web", definition).purposes == (
        ANALYTICS,
        MARKETING,
        Purpose(name="ads", categories=("ads",), unsaid=False),
    )


WRONG: dict[str, tuple[object, str]] = {
    "a list": (["analytics"], "consent: names"),
    "a text for a purpose": ({"a": "denied"}, "consent.a: is an object"),
    "an unknown field": ({"a": {"drop": True}}, "consent.a: does not know drop"),
    "unsaid: yes": ({"a": {"unsaid": "yes"}}, "consent.a.unsaid: is allowed or denied"),
    "no categories": ({"a": {"categories": []}}, "consent.a.categories: names a category"),
    "nothing to strip": ({"a": {"strip": []}}, "consent.a.strip: names a field"),
    "a field of nothing": ({"a": {"strip": ["campaign"]}}, "consent.a.strip: has fields such as"),
    "the whole context": ({"a": {"strip": ["context"]}}, "consent.a.strip: has fields such as"),
    "an identifier": ({"a": {"strip": ["userId"]}}, "consent.a.strip: has fields such as"),
}


@pytest.mark.parametrize(("raw", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_refused_with_its_place(raw: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse_source("web", {"consent": raw})
