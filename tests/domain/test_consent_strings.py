"""P12: strings of the TCF and the GPP, as published and as nobody should send them: what is in doubt is denied."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regulars.domain import gpp_strings, tc_strings
from regulars.domain.consent import read_decisions
from regulars.domain.decisions import words_of
from regulars.domain.instants import DAY, SECOND
from regulars.domain.standing import Consent
from tests.builders import START, an_event
from tests.consent_strings import gpp, letters, national, section, tcf
from tests.consents import DEFINED, KNOWN

SPECIFIED = (
    "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA"  # of the TCF's own text
)
OF_GPP = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"  # of the GPP's own text
SINCE = tc_strings.DISCLOSED_SINCE
ALL = {"sale", "sharing", "targeted_advertising"}


def test_p12_the_string_of_the_specification_is_read_as_it_says() -> None:
    decoded = tc_strings.decode(SPECIFIED + ".argAC0gAAAAAAAAAAAA")

    assert [number for number, allowed in enumerate(decoded.consents, 1) if allowed] == [1, 3, 9, 10]
    assert (decoded.made, decoded.discloses) == (1_326_215_413_400_000, False)


@pytest.mark.parametrize(
    ("text", "opted_out", "has_tcf"),
    [
        (f"DBABMA~{OF_GPP}", set(), True),
        (f"DBABM~{OF_GPP}", set(), True),
        (f"DBACNYA~{OF_GPP}~1YNN", set(), True),
        (f"DBACNY~{OF_GPP}~1YYN", {"sale", "sharing"}, True),
        (f"DBABjw~{OF_GPP}~1YNN", ALL, False),  # the Canadian section is not read, so it may say no
        ("DBABLA~BVVVkkkkkpFY.YA", ALL, False),  # of the GPP's own library, with a child for whom nobody consented
        ("DBABLA~BVQqAAAACg", set(), False),
        ("DBABLA~BAAAAAAAAABA.QA", set(), False),
        ("DBABBg~BVWSSSVY.YA", ALL, False),
        ("DBABBg~BAAAAABA.QA", set(), False),
    ],
)
def test_p12_published_strings_of_the_gpp_are_read_as_they_say(text: str, opted_out: set[str], has_tcf: bool) -> None:
    decoded = gpp_strings.decode(text)

    assert decoded.opted_out == frozenset(opted_out)
    assert (decoded.tcf is not None) is has_tcf


@pytest.mark.parametrize(
    ("sections", "opted_out"),
    [
        ({7: national((1, 2, 2))}, {"sale"}),
        ({7: national((2, 1, 0), size=16)}, {"sharing"}),
        ({7: national((2, 2, 1))}, {"targeted_advertising"}),
        ({7: national((2, 2, 2))}, set()),
        ({7: national((2, 2, 2), gpc=True)}, ALL),
        ({7: national((2, 2, 2), gpc=False)}, set()),
        ({7: national((2, 2, 2), child=1)}, ALL),
        ({8: section(1, 1, 1, 2, 1, *(0,) * 9, 0, 0, 0, 1, 0, 0)}, {"sharing"}),
        ({9: section(1, 1, 1, 1, 2, *(0,) * 8, 0, 1, 0, 0)}, {"sale"}),
        ({10: section(1, 1, 1, 2, 1, *(0,) * 7, 0, 1, 0, 0)}, {"targeted_advertising"}),
        ({11: section(1, 1, 1, 1, 2, 1, *(0,) * 8, 0, 1, 0, 0)}, {"targeted_advertising"}),
        ({12: section(1, 1, 1, 1, 2, *(0,) * 8, 0, 0, 0, 1, 0, 0)}, {"sale"}),
        ({6: "1---"}, set()),
        ({6: "1YNN", 8: section(1, 1, 1, 1, 2, *(0,) * 9, 0, 0, 0, 1, 0, 0)}, {"sale"}),
        ({13: section(1, 1, 1, 1, 2, *(0,) * 8, 0, 0, 0, 0, 1, 0, 0)}, {"sale"}),
        ({14: section(1, 1, 1, 2, 1, *(0,) * 8, 0, 0, 0, 0, 1, 0, 0)}, {"targeted_advertising"}),
        ({16: section(1, 1, 1, 1, 1, *(0,) * 8, 0, 0, 1, 0, 0)}, {"sale", "targeted_advertising"}),
        ({19: section(1, 1, 1, 2, 2, *(0,) * 8, 0, 0, 1, 0, 0, gpc=True)}, ALL),
        ({20: section(1, 1, 1, 1, 2, *(0,) * 8, 0, 0, 0, 0, 1, 0, 0)}, {"sale"}),
        ({21: section(1, 1, 1, 2, 1, *(0,) * 10, 0, 0, 0, 0, 0, 0, 1, 0, 0)}, {"targeted_advertising"}),
        ({22: section(1, 1, 1, 2, 2, *(0,) * 8, 2, 0, 1, 0, 0)}, set()),
        # Of the GPP's own library, each with a child for whom nobody consented, and as it is made of nothing.
        ({15: "BVWSSRpFYA.YA"}, ALL),
        ({15: "BAAAAAABAA.QA"}, set()),
        ({17: "BVWSSSSVY.Y"}, ALL),
        ({17: "BAAAAAABA.Q"}, set()),
        ({18: "BVVkklW.Y"}, ALL),
        ({18: "BAAAAAQ.Q"}, set()),
        ({23: "BAAAAAAAA"}, ALL),
    ],
)
def test_each_section_opts_out_of_what_it_says(sections: dict[int, str], opted_out: set[str]) -> None:
    assert gpp_strings.decode(gpp(sections)).opted_out == frozenset(opted_out)


INVALID = {
    "cut short": SPECIFIED[:-6],
    "with more behind": SPECIFIED + "_",
    "a segment twice": tcf(1) + ".YAAAAAAAAAA",
    "a segment of no kind": tcf(1) + ".4AAA",
    "an empty segment": tcf(1) + ".",
    "standard base64": tcf(1).replace("A", "+", 1),
    "changed before it was made": letters("000010" + "1" * 36 + "0" * 300),
    "a range of too many": tcf(1, more="." + letters("010" + f"{3:016b}1{1:012b}1{1:016b}{9:016b}")),
}


@pytest.mark.parametrize("text", INVALID.values(), ids=INVALID)
def test_p12_a_tc_string_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="consent string"):
        tc_strings.decode(text)


INVALID_GPP = {
    "no section": "DBAA",
    "one section too few": "DBACNYA~1YNN",
    "one section too many": "DBABMA~1YNN~1YNN",
    "another version": "DCABMA~1YNN",
    "a number without an end": "DBAB" + "A" * 10 + "~1YNN",
    "a range without an end": letters(f"{3:06b}{1:06b}{1:012b}1" + "011" + "0" * 18 + "11") + "~x",
    "US privacy of four letters": gpp({6: "1YXN"}),
    "US privacy of three": gpp({6: "1YN"}),
    "the national section cut short": gpp({7: national((1, 1, 1))[:-2]}),
    "a value that is none": gpp({7: national((3, 0, 0))}),
    "another version of a section": gpp({8: section(*(0,) * 20, version=5)}),
    "a segment of no kind": gpp({7: national((2, 2, 2)) + ".gA"}),
    "three segments": gpp({7: national((2, 2, 2), gpc=False) + ".QA"}),
}


@pytest.mark.parametrize("text", INVALID_GPP.values(), ids=INVALID_GPP)
def test_p12_a_gpp_string_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"GPP|consent string|privacy"):
        gpp_strings.decode(text)


@pytest.mark.parametrize(
    ("made", "discloses", "at", "valid"),
    [
        (SINCE - 1_000_000, False, SINCE, True),
        (SINCE, False, SINCE, False),
        (SINCE, True, SINCE, True),
        (SINCE, True, SINCE + 396 * DAY, True),
        (SINCE, True, SINCE + 397 * DAY, False),
        (SINCE + DAY // 2, True, SINCE, True),
        (SINCE + 2 * DAY, True, SINCE, False),
        (SINCE - 1_000_000, False, None, True),
        (SINCE, False, None, False),
    ],
)
def test_p12_a_string_is_believed_for_13_months_and_since_tcf_2_3_with_its_vendors(
    made: int, discloses: bool, at: int | None, valid: bool
) -> None:
    text = tcf(3, 4, made=made, discloses=discloses)

    assert tc_strings.decode(text).is_valid(at) is valid
    assert read_decisions({"tcString": text}, opted_out=False, at=at).is_broken is not valid
    assert read_decisions({"gpp": gpp({2: text})}, opted_out=False, at=at).is_broken is not valid


@given(st.text(st.sampled_from("ABCDEYabcg019-_.~"), max_size=80) | st.text(max_size=40))
@example(SPECIFIED)
@example("DBABMA~")
def test_whatever_is_sent_is_read_or_refused_and_a_gpp_string_never_grants(text: str) -> None:
    for decode in (tc_strings.decode, gpp_strings.decode):
        with suppress(ValueError):
            decode(text)
    decisions = read_decisions({"gppString": text}, opted_out=False, at=START)

    assert decisions.is_broken or not any(
        allowed for name, allowed in decisions.said.items() if name.startswith("gpp_")
    )


@given(st.integers(0, len(SPECIFIED) - 1), st.sampled_from("ABCgkw_-"))
def test_a_string_with_one_letter_changed_is_read_or_refused(at: int, letter: str) -> None:
    text = SPECIFIED[:at] + letter + SPECIFIED[at + 1 :]
    with suppress(ValueError):
        assert len(tc_strings.decode(text).consents) == 24


GRANT = tcf(3, 4, made=START - DAY)


@pytest.mark.parametrize(
    ("context", "granted"),
    [
        ({"tcString": GRANT}, True),
        ({"gppString": gpp({2: GRANT})}, True),
        ({"gppString": gpp({2: GRANT, 6: "1YNN"})}, True),
        ({"gppString": gpp({2: GRANT, 6: "1YYN"})}, False),
        ({"gppString": gpp({6: "1YNN"})}, False),
        ({"tcString": GRANT, "gppString": gpp({7: national((2, 2, 2), gpc=True)})}, False),
        ({"tcString": tcf(3, 4, made=START - 400 * DAY)}, False),
        ({"tcString": tcf(3, 4, made=SINCE + 9 * DAY)}, False),
        ({"tcString": GRANT, "gppString": "DBABMA~"}, False),
    ],
)
def test_p12_a_person_consents_by_a_valid_string_alone_and_any_doubt_denies(
    context: dict[str, str], granted: bool
) -> None:
    event = an_event(1, links=("anonymous_id:a",), at=START, arrival=START + SECOND, context=context)

    consent = Consent(words={event.owner: words_of(event)}, purposes=DEFINED, kinds=KNOWN)

    assert consent.allows("advertising") is granted


def test_what_gpc_denies_is_what_a_gpp_string_opts_out_of_unless_it_is_said() -> None:
    assert {DEFINED.categories[f"gpp:{name}"] for name in ALL} == {("advertising",)}
