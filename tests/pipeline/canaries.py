"""Texts that stand for a person, each findable in every spelling in which a careless store might keep it."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from local.world.memory import MemoryDatabase
from regulars.stores.database import KEYS, Item


def found_in(database: MemoryDatabase, canaries: Iterable[str]) -> set[str]:
    """Find the canaries that stand readable in any item of any table, compressed or not."""
    stored = [content for table in KEYS for item in database.all(table) for content in contents(item)]
    return {canary for canary in canaries if any(trace in content for trace in traces(canary) for content in stored)}


def contents(item: Item) -> Iterator[bytes]:
    """Give what an item says: its names, its values, and these unpacked."""
    for name, value in item.items():
        yield name.encode()
        yield value if isinstance(value, bytes) else str(value).encode()
        if isinstance(value, bytes):
            try:
                yield zlib.decompress(value)
            except zlib.error:
                continue


def traces(canary: str) -> set[bytes]:
    """Spell a canary in every way in which a careless store might keep it."""
    plain = {canary.encode(), canary.lower().encode(), canary[::-1].encode()}
    hashed = {hashlib.new(name, text).hexdigest().encode() for text in plain for name in ("md5", "sha1", "sha256")}
    escaped = {quote(canary, safe="").encode(), json.dumps(canary)[1:-1].encode(), canary.encode("utf-16-le")}
    coded = {coding(text).rstrip(b"=")[1:-2] for text in plain for coding in (base64.b64encode, base64.b32encode)}
    return plain | hashed | escaped | coded | {text.hex().encode() for text in plain}
