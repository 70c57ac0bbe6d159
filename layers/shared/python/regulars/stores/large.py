"""What was spilled of items into objects: where it lies, read from the items, and the folder of a partition."""

from hashlib import blake2b

from regulars.stores.database import KEYS, Item, TableName, binary, text

SPILLS_FROM = 380_000  # bytes: DynamoDB takes 400 KB
SPILLED = "spilled"  # the attribute that names what is elsewhere: a prefix of keys, and the attributes under it


def folder_of(table: TableName, partition: str) -> str:
    """Name what the keys of all objects of a partition begin with."""
    return f"{table}/{partition}/"


def prefix_of(table: TableName, item: Item) -> str:
    """Name what the keys of the objects of one item begin with: owner, sort key and print tell it."""
    told = text(item, KEYS[table][1] or ""), text(item, "print"), binary(item, "print").hex()
    name = blake2b("\0".join(told).encode(), digest_size=16).hexdigest()
    return f"{folder_of(table, text(item, KEYS[table][0]))}{name}"


def places_of(item: Item) -> list[str]:
    """Name the objects that hold parts of an item."""
    prefix, *names = text(item, SPILLED).split() or [""]
    return [f"{prefix}/{name}" for name in names]
