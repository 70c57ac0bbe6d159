"""What was spilled of items into objects: where it lies, read from the items, and the folder of a partition."""

from regulars.stores.database import Item, TableName, text

SPILLED = "spilled"  # the attribute that names what is elsewhere: a prefix of keys, and the attributes under it


def folder_of(table: TableName, partition: str) -> str:
    """Name what the keys of all objects of a partition begin with."""
    return f"{table}/{partition}/"


def places_of(item: Item) -> list[str]:
    """Name the objects that hold parts of an item."""
    prefix, *names = text(item, SPILLED).split() or [""]
    return [f"{prefix}/{name}" for name in names]
