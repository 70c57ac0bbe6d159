"""Copies of the ledger say what was put into them, and who has to be erased again after a restore."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.erasure import Doomed
from regulars.domain.ledger_copies import FOLDER, LedgerCopy, copy_json, key_of, read_copy, replay

OWNERS = [f"user_id:{letter}" for letter in "abc"]
doomed = st.builds(
    Doomed,
    owner=st.sampled_from(OWNERS),
    profiles=st.lists(st.sampled_from(["p_x", "p_y"]), max_size=2).map(tuple),
    others=st.lists(st.sampled_from(["p_v", "p_w"]), max_size=2).map(tuple),
)
copies = st.lists(
    st.builds(
        LedgerCopy,
        request=st.just("q"),
        kind=st.sampled_from(["erasure", "lift"]),
        verified=st.integers(0, 20),
        doomed=st.lists(doomed, max_size=3, unique_by=lambda one: one.owner).map(tuple),
    ),
    max_size=6,
    unique_by=lambda copy: copy.verified,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["ledger", "kind", "owners", "request", "verified"]), inner)
    ),
    max_leaves=12,
)


@given(copies)
def test_a_copy_is_read_as_it_was_put_under_a_name_of_its_content(pages: list[LedgerCopy]) -> None:
    names = {key_of(copy): copy for copy in pages}

    assert len(names) == len(pages)
    assert all(name.startswith(FOLDER) for name in names)
    assert [read_copy(json.loads(json.dumps(copy_json(copy)))) for copy in pages] == pages


@given(anything | anything.map(lambda inner: {"ledger": 1, "kind": "erasure", "owners": inner}))
def test_what_is_no_copy_is_read_as_none(content: Any) -> None:
    read = read_copy(content)

    assert read is None or isinstance(read, LedgerCopy)


@given(copies, st.integers(-1, 21))
def test_who_stands_erased_is_erased_again_and_who_was_lifted_since_begins_anew(
    pages: list[LedgerCopy], at: int
) -> None:
    erase, lift = set(), set()
    for owner in OWNERS:
        said = sorted((copy.verified, copy.kind) for copy in pages if owner in [one.owner for one in copy.doomed])
        if not any(kind == "erasure" for _, kind in said):
            continue
        when, last = said[-1]
        if last == "erasure":
            erase.add(owner)
        elif when > at:
            erase.add(owner)
            lift.add(owner)

    wish = replay(pages, at=at)

    assert ({one.owner for one in wish.erase}, set(wish.lift)) == (erase, lift)
    for one in wish.erase:
        every = [each for copy in pages if copy.kind == "erasure" for each in copy.doomed if each.owner == one.owner]
        assert set(one.profiles) == {name for each in every for name in each.profiles}
        assert set(one.others) == {name for each in every for name in each.others}
