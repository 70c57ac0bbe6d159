"""Invocation records of what streams gave up, as Lambda leaves them: with the whole records, and so with people."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from regulars.domain.profiles import founder

FOLDER = "aws/lambda/"  # under which Lambda leaves them
_KEYS = ("owner", "profile_id")
_IMAGES = ("NewImage", "OldImage")
Record = Mapping[str, Any]


def without(content: bytes, gone: Collection[str]) -> tuple[bytes, int]:
    """
    Take out records of rows of those who are gone, and their names from events of others; say how many were changed.

    What is left is empty where no record is left, and the content itself where it names nobody who is gone. What has
    another form is nobody's, and stays until it ends.
    """
    try:
        said = json.loads(content)
        records = json.loads(said["payload"])["Records"]
        others = [record for record in records if not _is_of(record, gone)]
        left = [_redacted(record, gone) for record in others]
    except (ValueError, KeyError, TypeError, AttributeError):
        return content, 0
    changed = len(records) - len(left) + sum(one != other for one, other in zip(left, others, strict=True))
    if not changed:
        return content, 0
    return json.dumps({**said, "payload": json.dumps({"Records": left})}).encode() if left else b"", changed


def _is_of(record: Record, gone: Collection[str]) -> bool:
    keys = record["dynamodb"]["Keys"]
    named = [keys[name]["S"] for name in _KEYS if name in keys]
    return any(name in gone or founder(name) in gone for name in named)


def _redacted(record: Record, gone: Collection[str]) -> Record:
    told = dict(record["dynamodb"])
    for image in _IMAGES:
        if "links" in told.get(image, {}):
            links = told[image]["links"]["S"].split()
            told[image] = {**told[image], "links": {"S": " ".join(link for link in links if link not in gone)}}
    return {**record, "dynamodb": told}
