"""
What random bytes are thrown at, and the laws that no bytes may break: `python -m tests.fuzz.targets body`.

Needs atheris. Whatever is raised and is not one of our own refusals is a find.
"""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["regulars"]):
    from regulars.domain.blocked_values import is_blocked
    from regulars.domain.calls import Delivery, name_refused, read
    from regulars.domain.classification import sort_fields
    from regulars.domain.cursors import cursor_key, read_cursor, write_cursor
    from regulars.domain.identifiers import Identifier, normalise, owner_key
    from regulars.domain.identity_rules import DEFAULT_RULES
    from regulars.domain.packing import pack, unpack
    from regulars.domain.payloads import cut, inflate, is_whole, read_object, write
    from regulars.domain.personal_names import is_personal_property
    from regulars.domain.sources import Source
    from regulars.domain.urls import without_query
    from regulars.errors import InvalidEventError, InvalidRequestError, RequestError, SuppressedError

KEY = bytes(32)
DELIVERY = Delivery(source=Source(id="web", name="Web"), received=10**15, rules=DEFAULT_RULES, hash_key=KEY)
CURSORS = cursor_key(KEY)


def body(data: bytes) -> None:
    """A body is read or refused; a message in it is read or named; and what is read is written again as it was."""
    try:
        document = read_object(inflate(data, "gzip" if data[:1] == b"\x1f" else ""))
    except RequestError:
        return
    kept = cut(document)
    assert isinstance(kept, dict)
    assert json.dumps(unpack(pack(kept))) == json.dumps(kept)
    try:
        call = read(document, DELIVERY, "track" if "type" not in document else None)
    except (InvalidEventError, SuppressedError):
        owner, message_id = name_refused(kept, DELIVERY)
        assert owner
        assert 0 < len(message_id) <= 100
        return
    assert write(call.personal)
    assert len(call.event.moment.encode()) <= 1_024
    said = document.get("properties") or {}
    together = {**call.event.properties, **call.personal.get("properties", {})}
    assert {name: together[name] for name in said} == said


def identifiers(data: bytes) -> None:
    """The normal form of a normal form is itself, and makes a key that tells nothing."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"s" else "ignore")
    for kind in ("user_id", "email"):
        plain = normalise(kind, text)
        is_blocked(text)
        if plain is not None and is_whole(plain):
            assert normalise(kind, plain) == plain
            assert len(owner_key(Identifier(kind, plain), KEY)) == len(kind) + 27


def fields(data: bytes) -> None:
    """What is in clear and what is sealed are together what was said, and no own id is in clear."""
    text = data.decode("utf-8", "ignore")
    is_personal_property(text, text[:10])
    assert text.startswith(without_query(text))
    try:
        content = json.loads(text, parse_constant=lambda _: None)
    except (RecursionError, ValueError):
        content = {text: [text, {text: text}]}
    found = sort_fields({"a": content}, {"a": content}, {"campaign": content}, ["customer-17"])
    assert "customer-17" not in json.dumps([found.properties, found.traits, found.context]).lower()
    assert {**found.properties, **found.personal_properties} == {"a": content}


def cursors(data: bytes) -> None:
    """A cursor is one that we wrote, or refused."""
    text = data.decode("utf-8", "ignore")
    with suppress(InvalidRequestError):
        assert write_cursor(read_cursor(text, of="events", key=CURSORS), of="events", key=CURSORS) == text
    assert read_cursor(write_cursor(text, of=text, key=CURSORS), of=text, key=CURSORS) == text


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "body": body,
    "identifiers": identifiers,
    "fields": fields,
    "cursors": cursors,
}

if __name__ == "__main__":
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
