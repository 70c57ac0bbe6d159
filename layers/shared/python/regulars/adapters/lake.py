"""The lake in S3."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters import settings
from regulars.adapters.objects import Objects
from regulars.adapters.session import session
from regulars.domain.lake import LakeTable
from regulars.domain.lake_files import StoredFile, folder
from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST = 1_000  # objects that a request removes
# A merged file has hundreds of megabytes, and S3 answers once it has put it away.
_PATIENT = Config(connect_timeout=2, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 4})


@cache
def lake() -> "S3Lake":
    """Give the lake of this deployment."""
    return S3Lake(cast("S3Client", session().create_client("s3", config=_PATIENT)), settings.lake_bucket())


class S3Lake(Objects):
    """The bucket of the lake. Each call raises UnavailableError when S3 does not answer."""

    def files(self, table: LakeTable, *, since: str) -> Iterator[StoredFile]:
        """List the files of a table from a day on, in the order of their names."""
        pages = self._client.get_paginator("list_objects_v2")
        begin = folder(table, since)
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{table.name}/day=", StartAfter=begin):
                for found in page.get("Contents", []):
                    if found["Key"].endswith(".parquet"):
                        yield StoredFile(found["Key"], found["Size"])
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("the lake could not be listed; try again in a moment") from error

    def remove(self, keys: Sequence[str]) -> None:
        """Remove files."""
        for start in range(0, len(keys), MOST):
            self._remove(keys[start:][:MOST])

    def _remove(self, keys: Sequence[str]) -> None:
        try:
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("files of the lake could not be removed; try again in a moment") from error
        if answer.get("Errors"):  # an answer of 200 may hold failures
            raise UnavailableError("some files of the lake could not be removed; try again in a moment")
