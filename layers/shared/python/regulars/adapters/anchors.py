"""Anchors of the audit trail in a bucket that locks what is put into it."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters import clients, settings
from regulars.domain.audit_anchors import Anchor, anchor_json, read_anchor
from regulars.domain.instants import to_text
from regulars.errors import ConflictError, UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FOLDER = "anchors/"
_STANDS = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@cache
def anchors() -> "S3Anchors":
    """Give the anchors of this deployment."""
    return S3Anchors(clients.s3(), settings.anchors_bucket())


class S3Anchors:
    """
    One object an anchor, named by hour and number: a year of them is nine pages of a list.

    Each call raises UnavailableError when S3 does not answer.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def newest(self) -> Anchor | None:
        """Read the last anchor. Raises UnavailableError, too, for one that is none."""
        keys = list(self._keys(FOLDER))
        if not keys:
            return None
        found = read_anchor(self._get(keys[-1]))
        if found is None:
            raise UnavailableError("the last anchor of the audit trail cannot be read: see docs/audit.md")
        return found

    def put(self, one: Anchor) -> None:
        """Put an anchor where nothing stands. Raises ConflictError."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key_of(one),
                Body=json.dumps(anchor_json(one), separators=(",", ":")).encode(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",  # S3 takes nothing without one into a bucket that locks
                IfNoneMatch="*",
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in _STANDS:
                raise ConflictError("this hour has its anchor") from error
            raise UnavailableError("the anchor could not be stored; try again in a moment") from error

    def of(self, first: str, last: str, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Any]]:
        """Read what was put from a first day to a last, each with its key."""
        end = f"{FOLDER}{last}U"  # behind all hours of the day
        found: list[tuple[str, Any]] = []
        for key in self._keys(after or f"{FOLDER}{first}"):
            if key > end or len(found) == limit:
                break
            found.append((key, self._get(key)))
        return found

    def _keys(self, after: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=FOLDER, StartAfter=after):
                yield from (found["Key"] for found in page.get("Contents", []))
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("anchors could not be listed; try again in a moment") from error

    def _get(self, key: str) -> Any:
        try:
            return json.loads(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("an anchor could not be read; try again in a moment") from error
        except ValueError:
            return None


def key_of(one: Anchor) -> str:
    """Name the object of an anchor: by time, so that those of some days are listed together."""
    return f"{FOLDER}{to_text(one.at)[:13]}-{one.number:08}.json"
