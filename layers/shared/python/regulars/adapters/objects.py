"""Bytes in S3, under a key, in the bucket for what is too large for a table or a queue."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Objects:
    """One bucket. Each call raises UnavailableError when S3 does not answer."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes) -> None:
        """Store bytes, whatever stood there."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("an object could not be stored; try again in a moment") from error

    def get(self, key: str) -> bytes | None:
        """Read bytes; None when there are none."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise UnavailableError("an object could not be read; try again in a moment") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin so, page by page."""
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (found["Key"] for found in page.get("Contents", []))
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("objects could not be listed; try again in a moment") from error

    def delete(self, key: str) -> None:
        """Remove bytes; nothing happens when there are none."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("an object could not be removed; try again in a moment") from error
