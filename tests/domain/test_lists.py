"""What a list is, who may be named in one, and which lists a segment reads."""

import pytest

from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.lists import Upload, list_call, lists_named, parse_list, read_member
from regulars.domain.messages import RESERVED
from regulars.domain.reserved_events import JOINED, LEFT
from regulars.errors import DefinitionError, InvalidRequestError

UPLOAD = Upload(list="vip", at=1_000_000, mode="add", kind="email", by="s-1")
OWNER = "email:aaaaaaaaaaaaaaaaaaaaaaaaaa"


@pytest.mark.parametrize("definition", [{"members": []}, {"name": ""}, {"name": 5}, {"description": "x" * 501}])
def test_a_list_says_its_name_and_no_members(definition: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        parse_list("vip", definition)


def test_an_identifier_is_brought_to_its_normal_form() -> None:
    assert read_member("email", "  Ann@Shop.Example ", DEFAULT_RULES).value == "ann@shop.example"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("email", ""),
        ("email", None),
        ("email", ["ann@shop.example"]),
        ("email", "ann"),
        ("email", "ann@"),
        ("email", "@shop.example"),
        ("user_id", "null"),
        ("user_id", "\ud800"),
        ("user_id", "a\x00b"),
        ("user_id", "x" * 501),
        ("user_id", True),
        ("user_id", 1.5),
    ],
)
def test_what_names_nobody_is_refused_and_never_repeated(kind: str, raw: object) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_member(kind, raw, DEFAULT_RULES)

    assert not raw or str(raw) not in str(refused.value)


@pytest.mark.parametrize(
    ("where", "lists"),
    [
        ({"list": "vip"}, {"vip"}),
        ({"all": [{"event": "X"}, {"not": {"list": "vip"}}, {"any": [{"list": "press"}]}]}, {"vip", "press"}),
        ({"event": "X", "where": {"list": "vip"}}, set()),
        ({"list": 5}, set()),
        ({"all": {"list": "vip"}}, set()),
        (None, set()),
    ],
)
def test_finds_the_lists_that_a_segment_reads(where: object, lists: set[str]) -> None:
    assert lists_named(where) == lists


def test_joining_and_leaving_are_events_that_nobody_else_may_send() -> None:
    said = [
        list_call(UPLOAD, OWNER, joined=joined, ids={}, arrival=5, hash_key=b"k").event.name for joined in (True, False)
    ]

    assert said == [JOINED, LEFT]
    assert RESERVED.keys() >= {JOINED, LEFT}


def test_an_event_of_an_upload_has_one_key_however_often_it_is_told() -> None:
    first = list_call(UPLOAD, OWNER, joined=True, ids={}, arrival=2_000_000, hash_key=b"k").event
    again = list_call(UPLOAD, OWNER, joined=True, ids={}, arrival=9_000_000, hash_key=b"k").event

    assert (first.moment, first.fingerprint, first.at) == (again.moment, again.fingerprint, again.at)
