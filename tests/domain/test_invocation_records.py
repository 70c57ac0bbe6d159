"""Whoever is erased is taken out of what streams gave up, and nobody else."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.invocation_records import without

OWNERS = ("user_id:a", "user_id:b", "email:a", "anonymous_id:c")
owners = st.sampled_from(OWNERS)


def row(owner: str, links: list[str]) -> dict[str, Any]:
    """A record of an event."""
    image = {"owner": {"S": owner}, "links": {"S": " ".join(links)}, "clear": {"B": "eyJ9"}}
    return {"eventName": "INSERT", "dynamodb": {"Keys": {"owner": {"S": owner}}, "NewImage": image}}


def profile(owner: str) -> dict[str, Any]:
    """A record of a profile."""
    return {"eventName": "REMOVE", "dynamodb": {"Keys": {"profile_id": {"S": f"p_{owner}~1f"}}, "OldImage": {}}}


def given_up(records: list[dict[str, Any]]) -> bytes:
    """Leave records as Lambda does."""
    return json.dumps({"version": "1.0", "payload": json.dumps({"Records": records})}).encode()


records = st.lists(st.one_of(st.builds(row, owners, st.lists(owners, max_size=3)), st.builds(profile, owners)))


@given(records, st.frozensets(owners))
def test_nobody_who_is_gone_is_named_and_the_records_of_others_stay(
    said: list[dict[str, Any]], gone: frozenset[str]
) -> None:
    left, changed = without(given_up(said), gone)

    kept = [one for one in said if not any(name in json.dumps(one["dynamodb"]["Keys"]) for name in gone)]
    assert not [name for name in gone if f"{name}" in left.decode()]
    assert len(json.loads(json.loads(left)["payload"])["Records"] if left else []) == len(kept)
    assert bool(changed) or left == given_up(said)
    assert without(left, gone) == (left, 0)


@given(st.binary() | st.sampled_from([b"null", b"{}", b'{"payload": "{}"}', b'{"payload": 1}', b'{"payload": "[]"}']))
def test_what_has_another_form_stays(content: bytes) -> None:
    assert without(content, {"user_id:a"}) == (content, 0)
