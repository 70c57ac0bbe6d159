"""Messages of the inbox as they are kept: by time, sealed for their owner, put there once with their claim."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.inbox import InboxMessage, unpack
from regulars.errors import ConflictError
from regulars.pipeline.inbox import bound_to, put_inbox
from regulars.stores.inbox import InboxStore
from tests.builders import START

OWNER = "user_id:1f"
HELLO = InboxMessage(
    owner=OWNER, id="m1", at=START, title="Hello", text="Ann, 10 % off", link="https://shop.example", journey="welcome"
)


def a_database(*messages: InboxMessage) -> tuple[MemoryDatabase, KmsSealer]:
    database = MemoryDatabase()
    sealer = KmsSealer(database, PlainWrapper())
    database.transact([put_inbox(message, sealer) for message in messages])
    return database, sealer


def test_a_message_is_sealed_and_read_back_as_it_was() -> None:
    database, sealer = a_database(HELLO)
    (kept,) = InboxStore(database).newest(OWNER, limit=5)

    assert b"Ann" not in kept.content
    assert unpack(kept, sealer.open(OWNER, bound_to("m1"), kept.content) or b"") == HELLO
    assert sealer.open(OWNER, bound_to("m2"), kept.content) is None


def test_a_message_is_put_there_once() -> None:
    database, sealer = a_database(HELLO)

    with pytest.raises(ConflictError):
        database.transact([put_inbox(HELLO, sealer)])


def test_a_message_is_marked_over_the_version_that_was_read() -> None:
    store = InboxStore(a_database(HELLO)[0])
    (kept,) = store.newest(OWNER, limit=5)
    marked = store.mark(kept, START + 5)

    assert store.get(OWNER, START, "m1") == marked == replace(kept, read=START + 5, version=2)
    with pytest.raises(ConflictError):
        store.mark(kept, START + 6)


@given(
    st.lists(
        st.tuples(st.integers(0, 10**17), st.from_regex(r"[0-9a-f]{4}", fullmatch=True)),
        unique=True,
        min_size=1,
        max_size=9,
    ),
    st.integers(1, 4),
)
def test_pages_give_all_messages_newest_first(messages: list[tuple[int, str]], size: int) -> None:
    store = InboxStore(a_database(*(replace(HELLO, at=at, id=id) for at, id in messages))[0])
    found: list[tuple[int, str]] = []
    while page := store.newest(OWNER, before=found[-1] if found else None, limit=size):
        found += [(one.at, one.id) for one in page]

    assert found == sorted(messages, reverse=True)
