"""Copies of the erasure ledger in the bucket that locks what is put into it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters import clients, settings
from regulars.domain.ledger_copies import FOLDER, LedgerCopy, copy_json, key_of, read_copy
from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def ledger_copies() -> "S3LedgerCopies":
    """Give the copies of this deployment."""
    return S3LedgerCopies(clients.s3(), settings.anchors_bucket())


class S3LedgerCopies:
    """One object a page. Each call raises UnavailableError when S3 does not answer."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, copy: LedgerCopy) -> None:
        """Keep a page; a second time nothing happens."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key_of(copy),
                Body=json.dumps(copy_json(copy), separators=(",", ":")).encode(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",  # S3 takes nothing without one into a bucket that locks
                IfNoneMatch="*",
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "PreconditionFailed":
                return
            raise UnavailableError("the ledger could not be copied; try again in a moment") from error

    def all(self) -> Iterator[LedgerCopy]:
        """Read all pages, the oldest first. Raises UnavailableError, also for one that cannot be read."""
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=FOLDER):
                for found in page.get("Contents", []):
                    yield self._read(found["Key"])
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("copies of the ledger could not be read; try again in a moment") from error

    def _read(self, key: str) -> LedgerCopy:
        content = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        try:
            copy = read_copy(json.loads(content))
        except ValueError:
            copy = None
        if copy is None:
            raise UnavailableError(f"the copy {key} of the ledger cannot be read: look at its older versions")
        return copy
