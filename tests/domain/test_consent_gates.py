"""Who does not consent to a purpose is nowhere that needs it: over random catalogs, people and segments."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import next_watches
from regulars.domain.compiling import Compiled, compile_all
from regulars.domain.decisions import is_purpose
from regulars.domain.evaluation import evaluate
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.instants import SECOND
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import BASES, Purposes
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Consented, Segment, walk
from regulars.domain.state import parts_of
from regulars.domain.watches import Watches
from tests.builders import START
from tests.consents import DEFINED, KNOWN, consent_histories, is_allowed
from tests.oracle import Life, belongs

NOW = START + 10_000 * SECOND
MATTERS = ("segment:C0002", "segment:C0004", "google:ad_storage", "google:ad_user_data", "gpc")


@st.composite
def catalogs(draw: st.DrawFn) -> dict[str, Any]:
    """Purposes on any basis, and any mapping of categories to them."""
    purposes: dict[str, Any] = {}
    for id in draw(
        st.lists(st.sampled_from(["newsletter", "advertising", "analytics", "orders"]), min_size=1, unique=True)
    ):
        basis = draw(st.sampled_from(BASES))
        purposes[id] = {"basis": basis, "devices": draw(st.booleans())}
        purposes[id] |= {"channels": draw(st.sampled_from([[], ["email"], ["email", "sms"]]))}
        if basis in ("legitimate_interests", "public_task"):
            purposes[id]["unsaid"] = draw(st.sampled_from(["granted", "denied"]))
    asked = [id for id, one in purposes.items() if one["basis"] in ("consent", "legitimate_interests", "public_task")]
    categories: dict[str, Any] = {}
    for matter in draw(st.lists(st.sampled_from(MATTERS), unique=True)) if asked else []:
        tool, _, name = matter.partition(":")
        ids = draw(st.lists(st.sampled_from(asked), min_size=1, unique=True))
        if name:
            categories.setdefault(tool, {})[name] = ids
        else:
            categories[tool] = ids
    return {"purposes": purposes, "categories": categories}


@st.composite
def needing(
    draw: st.DrawFn, ids: tuple[str, ...] = ("newsletter", "advertising", "analytics", "orders")
) -> dict[str, Any]:
    """A segment that needs a purpose, or asks for some, in any way."""
    asked = {"purpose": draw(st.sampled_from(ids))}
    if draw(st.booleans()):
        asked["channel"] = draw(st.sampled_from(["email", "sms"]))
    leaf: dict[str, Any] = {"consent": {**asked, "state": draw(st.sampled_from(["granted", "denied"]))}}
    event: dict[str, Any] = {"event": draw(st.sampled_from(["Consent Given", "Consent Withdrawn"]))}
    where = draw(st.sampled_from([leaf, {"not": leaf}, event, {"all": [leaf, event]}, {"any": [event, leaf]}]))
    needs = {"purpose": draw(st.sampled_from(ids))} if draw(st.booleans()) else {}
    return {"where": where, "anonymous": draw(st.booleans()), **needs}


def person_of(events: list[Event], segments: list[Segment], purposes: Purposes) -> Person:
    """The person whose identifiers' events these are."""
    watches = next_watches(Watches(by_event={}), segments)
    names = {(event.owner, name) for event in events for name in parts_of(event, watches)}
    parts = [fold(owner, name, events, watches, version=0, read=0) for owner, name in names]
    known = any(kind_of(event.owner) in KNOWN for event in events)
    return sum_parts(parts, watches, known=known, purposes=purposes, kinds=KNOWN)


def compiled(segment: Segment) -> Compiled:
    """A segment that can be asked."""
    return compile_all([segment], Calendar())[segment.rows]


@given(catalogs(), consent_histories(), needing())
def test_segments_agree_with_brute_force_over_random_catalogs(
    catalog: dict[str, Any], events: list[Event], definition: dict[str, Any]
) -> None:
    segment, purposes = parse("s", definition), parse_purposes(catalog)
    person = person_of(events, [segment], purposes)

    verdict = evaluate(compiled(segment), person, NOW)

    life = Life(events=events, known=person.known, purposes=purposes)
    assert verdict.truth is belongs(segment, life, NOW)
    assert verdict.next_change_at is None


@given(catalogs(), consent_histories(), needing())
def test_nobody_is_in_a_segment_whose_purpose_they_do_not_consent_to(
    catalog: dict[str, Any], events: list[Event], definition: dict[str, Any]
) -> None:
    segment, purposes = parse("s", definition), parse_purposes(catalog)
    asked, person = compiled(segment), person_of(events, [segment], purposes)

    is_member = asked.is_member(person, NOW)
    if segment.needs and not is_allowed(events, segment.needs.purpose, segment.needs.channel, purposes):
        assert not is_member
        assert asked.holds_back(person, NOW) is asked.would_be(person, NOW)
    else:
        assert not asked.holds_back(person, NOW)
    assert asked.consent is (
        segment.needs is not None or any(isinstance(node, Consented) for node in walk(segment.where))
    )


@given(consent_histories(), st.sampled_from(["newsletter", "advertising", "analytics", "orders", "x"]))
def test_without_a_definition_nothing_is_allowed(events: list[Event], purpose: str) -> None:
    assert not person_of(events, [], Purposes()).consent.allows(purpose)


@given(consent_histories())
def test_what_needs_no_consent_goes_on_whatever_is_said(events: list[Event]) -> None:
    assert person_of(events, [], DEFINED).consent.allows("orders", "email")


@given(st.text())
def test_only_ids_name_purposes(text: str) -> None:
    assert is_purpose(text) is (
        text[:1].isascii()
        and text[:1].islower()
        and text.isascii()
        and all(letter.islower() or letter.isdigit() or letter == "_" for letter in text)
        and len(text) <= 63
    )
