"""What a person consents to is a function of what each identifier decided, and of nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.decisions import MAX_DEVICES, MAX_MATTERS, Words, add_words, words_of
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import SECOND
from regulars.domain.standing import Consent
from tests.builders import START, an_event
from tests.consents import DEFINED, KNOWN, consent_histories, is_allowed

ASKED = [
    *(("newsletter", "email"), ("newsletter", "sms"), ("newsletter", None), ("newsletter", "post")),
    *(("advertising", None), ("analytics", None), ("orders", "email"), ("nothing", None)),
]


def words_by_owner(events: Sequence[Event]) -> Mapping[str, Words]:
    """What each identifier decided, added one event after the other."""
    words: dict[str, Words] = {}
    for event in events:
        words[event.owner] = add_words(words.get(event.owner, {}), words_of(event))
    return words


def consent_of(events: Sequence[Event]) -> Consent:
    """What the person whose events these are consents to."""
    known = any(kind_of(event.owner) in KNOWN for event in events)
    return Consent(words=words_by_owner(events), purposes=DEFINED, known=known, kinds=KNOWN)


def decides(number: int, links: tuple[str, ...], *, granted: bool, proven: bool = False, **said: str) -> Event:
    """A decision on the newsletter, unless it says of what."""
    name = "Consent Given" if granted else "Consent Withdrawn"
    return an_event(number, links=links, name=name, properties=said or {"purpose": "newsletter"}, proven=proven)


@given(consent_histories(), st.randoms(use_true_random=False))
def test_it_is_that_of_brute_force_in_any_order_and_repetition(events: list[Event], random: Random) -> None:
    shuffled = random.sample(events, len(events)) + random.sample(events, len(events) // 2)
    consent = consent_of(shuffled)

    for purpose, channel in ASKED:
        assert consent.allows(purpose, channel) is is_allowed(events, purpose, channel), (purpose, channel)


@given(consent_histories(), st.integers(0, 14), st.integers(0, 14))
def test_words_add_up_in_any_grouping(events: list[Event], one: int, other: int) -> None:
    one, other = sorted((one, other))
    events = [replace(event, owner="user_id:u") for event in events]
    a, b, c = (words_by_owner(some).get("user_id:u", {}) for some in (events[:one], events[one:other], events[other:]))

    assert add_words(add_words(a, b), c) == add_words(a, add_words(b, c)) == add_words(c, add_words(a, b))
    assert add_words(a, a) == a


@given(consent_histories(), consent_histories())
def test_a_merge_that_is_undone_gives_both_sides_again_and_meanwhile_denials_hold(
    one: list[Event], other: list[Event]
) -> None:
    other = [replace(event, owner=f"{event.owner}2", links=(f"{event.owner}2",)) for event in other]
    merged = consent_of([*one, *other])

    sides = [
        Consent(words=words_by_owner(events), purposes=DEFINED, known=True, kinds=KNOWN) for events in (one, other)
    ]
    for events, side in zip((one, other), sides, strict=True):
        owners = {event.owner for event in events}
        again = replace(
            merged, words={owner: words for owner, words in merged.words.items() if owner in owners}, known=True
        )
        assert again == side
    for purpose, channel in ASKED:
        if not any(side.allows(purpose, channel) for side in sides) and merged.known:
            assert not merged.allows(purpose, channel)


@given(consent_histories())
def test_a_grant_that_nobody_proved_never_allows_what_a_known_person_is_asked_for(events: list[Event]) -> None:
    known = [*events, an_event(99, links=("user_id:u",))]
    proven = [event for event in known if event.proven]

    for channel in ("email", "sms"):
        assert not consent_of(known).allows("newsletter", channel) or is_allowed(proven, "newsletter", channel)


@given(consent_histories(), st.sampled_from([("user_id:u", "anonymous_id:a"), ("anonymous_id:c",), ("email:e",)]))
def test_a_newer_denial_by_whoever_always_holds(events: list[Event], links: tuple[str, ...]) -> None:
    withdrawal = decides(99, links, granted=False)

    for channel in ("email", "sms"):
        assert not consent_of([*events, withdrawal]).allows("newsletter", channel)


SIGNED_IN, DEVICE, OTHER = ("user_id:u",), ("anonymous_id:a",), ("anonymous_id:b",)
STORIES = {
    "nothing was said": ([], False),
    "granted signed in": ([decides(1, SIGNED_IN, granted=True, proven=True)], True),
    "granted on a device before": (
        [decides(1, DEVICE, granted=True), decides(2, SIGNED_IN, granted=False, proven=True)],
        False,
    ),
    "denied on a device before": (
        [decides(1, DEVICE, granted=False), decides(2, SIGNED_IN, granted=True, proven=True)],
        True,
    ),
    "denied on a device since": (
        [decides(1, SIGNED_IN, granted=True, proven=True), decides(2, DEVICE, granted=False)],
        False,
    ),
    "denied on a device since, and granted again there": (
        [
            decides(1, SIGNED_IN, granted=True, proven=True),
            decides(2, DEVICE, granted=False),
            decides(3, DEVICE, granted=True),
        ],
        True,
    ),
    "denied on one device, granted on another": (
        [decides(1, DEVICE, granted=False), decides(2, OTHER, granted=True)],
        False,
    ),
    "granted on the device of nobody who is known": ([decides(1, DEVICE, granted=True)], True),
    "granted in the name of somebody, by whoever": ([decides(1, ("user_id:u", "anonymous_id:x"), granted=True)], False),
    "denied in the name of somebody, and taken back by whoever": (
        [
            decides(1, SIGNED_IN, granted=True, proven=True),
            decides(2, ("user_id:u", "anonymous_id:a"), granted=False),
            decides(3, ("user_id:u", "anonymous_id:x"), granted=True),
        ],
        False,
    ),
    "denied in the name of somebody, and taken back by the same device": (
        [
            decides(1, SIGNED_IN, granted=True, proven=True),
            decides(2, ("user_id:u", "anonymous_id:a"), granted=False),
            decides(3, ("user_id:u", "anonymous_id:a"), granted=True),
        ],
        True,
    ),
    "withdrawn from everything": (
        [decides(1, SIGNED_IN, granted=True, proven=True), an_event(2, links=DEVICE, name="Consent Withdrawn")],
        False,
    ),
}


@pytest.mark.parametrize(("events", "allowed"), STORIES.values(), ids=list(STORIES))
def test_who_outranks_whom(events: list[Event], allowed: bool) -> None:
    assert consent_of(events).allows("newsletter", "email") is allowed


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ({"consent": {"categoryPreferences": {"C0004": True}}}, True),
        ({"consent": {"categoryPreferences": {"C0004": False}}}, False),
        ({"consent": {"categoryPreferences": {"C0002": True}}}, False),  # says nothing of advertising
        ({"consent": {"googleConsentMode": {"ad_storage": "granted", "ad_user_data": "granted"}}}, True),
        ({"consent": {"googleConsentMode": {"ad_storage": "granted"}}}, False),  # what is unset is not granted
        ({"consent": {"googleConsentMode": {"ad_storage": "yes"}}}, False),
        ({"consent": {"tcString": "rubbish"}, "gpc": True}, False),
        ({"consent": {"categoryPreferences": {"C0004": True}}, "gpc": True}, False),
    ],
)
def test_what_consent_tools_say_of_a_purpose(said: dict[str, object], allowed: bool) -> None:
    assert consent_of([an_event(context=said)]).allows("advertising") is allowed


def test_what_cannot_be_read_denies_what_such_tools_decide_and_nothing_else() -> None:
    granted = decides(1, SIGNED_IN, granted=True, proven=True)
    events = [granted, an_event(2, links=DEVICE, context={"consent": "broken"})]

    assert not consent_of(events).allows("analytics")
    assert consent_of(events).allows("newsletter", "email")


def test_more_devices_than_are_kept_deny_until_the_person_decides_signed_in() -> None:
    devices = [decides(number, ("user_id:u", f"anonymous_id:{number}"), granted=number > 1) for number in range(1, 99)]
    first = decides(0, SIGNED_IN, granted=True, proven=True)
    later = decides(100, SIGNED_IN, granted=True, proven=True)

    assert len(words_by_owner(devices)["user_id:u"]) == MAX_DEVICES
    assert not consent_of([first, *devices]).allows("newsletter", "email")
    assert consent_of([first, *devices, later]).allows("newsletter", "email")


def test_more_matters_than_are_kept_deny() -> None:
    links = ("user_id:u", "anonymous_id:x")
    first = decides(0, SIGNED_IN, granted=True, proven=True)
    flood = [decides(number, links, granted=True, purpose=f"p{number}") for number in range(1, 2 * MAX_MATTERS)]

    assert len(words_by_owner(flood)["user_id:u"]) == MAX_MATTERS
    assert not consent_of([first, *flood]).allows("newsletter", "email")


@given(st.integers(0, 10**6))
def test_cuts_know_no_order(seed: int) -> None:
    random = Random(seed)
    links = [("user_id:u", f"anonymous_id:{number}") for number in range(45)] + [("user_id:u",)]
    events = [
        decides(number, random.choice(links), granted=random.random() < 0.5, purpose=f"p{random.randrange(130)}")
        if random.random() < 0.6
        else decides(number, random.choice(links), granted=random.random() < 0.5)
        for number in range(400)
    ]
    words = words_by_owner(events)["user_id:u"]
    half = random.randrange(400)
    shuffled = random.sample(events, 400)
    parts = [words_by_owner(some).get("user_id:u", {}) for some in (shuffled[:half], shuffled[half:])]

    assert add_words(*parts) == add_words(*parts[::-1]) == words


def test_an_instant_decides_nothing_between_two_words_but_that_the_denial_holds() -> None:
    at = START + SECOND
    events = [
        decides(1, SIGNED_IN, granted=True, proven=True),
        replace(decides(2, SIGNED_IN, granted=False, proven=True), at=at),
    ]

    assert events[0].at == events[1].at
    assert not consent_of(events).allows("newsletter", "email")
