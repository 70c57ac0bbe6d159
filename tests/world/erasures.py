"""A walk over everything that a world keeps, rows, lake and objects, and what it still says of somebody."""

import io
from collections.abc import Collection, Iterator
from typing import Any

from pyarrow import parquet

from local.world.erasing import Erasing
from regulars.pipeline.privacy_requests import Asked, PrivacyRequests
from regulars.stores.database import KEYS, Item, TableName
from regulars.stores.identities import LINK
from regulars.stores.journey_rows import outlives
from regulars.stores.privacy_requests import DOOMED, SUBJECT
from tests.pipeline.canaries import contents, traces
from tests.workspace import Workspace

Thing = tuple[str, bytes]


class Nobody:
    """Workers that a test starts itself."""

    def start(self, id: str, segments: object, *, name: str) -> None:
        """Start nobody."""


def requests_of(workspace: Workspace) -> PrivacyRequests:
    """Who takes requests."""
    return PrivacyRequests(workspace.world.database, Nobody(), workspace.sealer, workspace.world.clock, map)


def erase(workspace: Workspace, erasing: Erasing, *owners: str, kind: Any = "erasure") -> str:
    """Ask for an erasure, verify and finish it."""
    requests = requests_of(workspace)
    request = requests.begin(Asked(kind=kind, law="gdpr", reference="case-1", by="s-1"), owners)
    requests.verify(request.id, by="s-2", proof="document")
    erasing.finish(request.id)
    return request.id


def everything(erasing: Erasing, *, but_ledger: bool = True) -> Iterator[Thing]:
    """Give all that is kept: where it lies, and its bytes."""
    world = erasing.world
    for table in KEYS:
        for item in world.database.all(table):
            if not (but_ledger and is_ledger(table, item)):
                yield from ((table, content) for content in contents(item))
    for key, content in erasing.lake.content.items():
        yield key, key.encode() + content
        yield from cells(key, content)
    for key, content in (*erasing.large.held.items(), *erasing.exports.held.items(), *erasing.failures.held.items()):
        yield f"object {key}", key.encode() + content


def is_ledger(table: TableName, item: Item) -> bool:
    """Say whether an item is an entry of the ledger, or tells that somebody complained, and nothing more."""
    if table == "vault":
        return item.keys() == {"owner", "wrapped", "erased", "request", "v"} and item["wrapped"] == b""
    if table == "identities":
        known = {"owner", "part", "profile_id", "event", "since", "attached", "erased", "v"}
        return item["part"] == LINK and item.keys() == known and not item["event"]
    if table == "journeys":
        return outlives(item) and item.keys() == {"owner", "item", "at", "reason", "v"}
    return table == "catalog" and item["kind"] in (SUBJECT, DOOMED)


def cells(key: str, content: bytes) -> Iterator[Thing]:
    """Give each value in a file of the lake, unpacked."""
    for column, values in parquet.read_table(io.BytesIO(content)).to_pydict().items():
        for value in values:
            for one in _flat(value):
                yield f"{key}, {column}", one if isinstance(one, bytes) else str(one).encode()


def still_said(erasing: Erasing, canaries: Collection[str], owners: Collection[str]) -> set[tuple[str, str]]:
    """Find where a canary stands in any form, or an owner outside the ledger."""
    hashes = [owner.partition(":")[2].encode() for owner in owners]
    patterns = {canary: traces(canary) for canary in canaries}
    found = set()
    for place, content in everything(erasing):
        found |= {(place, canary) for canary, forms in patterns.items() if any(form in content for form in forms)}
        if place != "audit":  # which tells of whom something was read, also of people who are gone
            found |= {(place, one.decode()) for one in hashes if one in content}
    return found


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)
    else:
        yield value
