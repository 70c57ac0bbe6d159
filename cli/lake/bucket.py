"""The bucket of the lake: the one of this machine's platform, or one in AWS by the credentials of whoever asks."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.errors import UserError
from cli.place import Place, make_private, read_json
from regulars.domain.lake import LakeTable
from regulars.domain.lake_files import StoredFile, day_in, folder

DOCS = "docs/lake.md says which permissions it takes"
_FIRST = "0000-00-00"
_FIXES: Mapping[str, tuple[str, str]] = {
    "NoSuchBucket": ("there is no such bucket", "the output LakeBucket of the stack names it"),
    "AccessDenied": ("these AWS credentials may not read the lake", DOCS),
    "ExpiredToken": ("these AWS credentials have expired", "sign in to AWS again"),
    "InvalidAccessKeyId": ("AWS does not know these credentials", "sign in to AWS again"),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One lake, and the client that reads it."""

    name: str
    client: Any
    is_local: bool

    def files(self, table: LakeTable, since: str | None, until: str | None) -> Iterator[StoredFile]:
        """List the files of some days. Raises UserError."""
        asked = {"Prefix": f"{table.name}/day=", "StartAfter": folder(table, since or _FIRST)}
        with in_words(self.name):
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, **asked):
                for found in page.get("Contents", []):
                    if until is not None and day_in(found["Key"]) > until:
                        return
                    if found["Key"].endswith(".parquet"):
                        yield StoredFile(found["Key"], found["Size"])

    def fetch(self, file: StoredFile, to: Path) -> bool:
        """Write a file to this machine, all of it or nothing; tell whether it was there. Raises UserError."""
        from botocore.exceptions import ClientError

        draft = to.with_name(f"{to.name}.{os.getpid()}.new")
        with in_words(self.name):
            try:
                content = self.client.get_object(Bucket=self.name, Key=file.key)["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return False
                raise
        make_private(to.parent)
        draft.write_bytes(content)
        draft.replace(to)
        return True


def find_bucket(place: Place, name: str | None, environment: Mapping[str, str] = os.environ) -> Bucket:
    """Find the lake that is named, or the one of the platform of this machine. Raises UserError."""
    name = name or environment.get("REGULARS_LAKE")
    if name:
        return Bucket(name.removeprefix("s3://").rstrip("/"), _client_of_aws(), is_local=False)
    running = read_json(place.home / "local.json")
    if place.is_local and running.get("lake"):
        return Bucket(running["lake"], _client_of_this_machine(running["aws_endpoint"]), is_local=True)
    if place.url and not place.is_local:
        raise UserError(
            "a lake in AWS is named by its bucket", fix="say --bucket …: the output LakeBucket of the stack"
        )
    raise UserError(
        "no lake to ask",
        where=str(place.home / "local.json"),
        fix="start a platform with `make dev`, or say --bucket …: the output LakeBucket of the stack",
    )


@contextmanager
def in_words(bucket: str) -> Iterator[None]:
    """Say what goes wrong with AWS so that a person can mend it. Raises UserError."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except NoCredentialsError as error:
        fix = "sign in to AWS: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise UserError("no AWS credentials were found", fix=fix) from error
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        what, fix = _FIXES.get(code, (f"S3 answered {code}", "try again in a moment"))
        raise UserError(what, where=f"s3://{bucket}", fix=fix) from error
    except BotoCoreError as error:
        fix = "check the network; for the platform of this machine: is `make dev` running?"
        raise UserError(f"S3 cannot be reached: {error}", where=f"s3://{bucket}", fix=fix) from error


def _client_of_aws() -> Any:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("s3", config=Config(max_pool_connections=16))
    except BotoCoreError as error:
        raise UserError(f"AWS is not set up here: {error}", fix="set AWS_PROFILE and AWS_REGION") from error


def _client_of_this_machine(endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"}, max_pool_connections=16, retries={"total_max_attempts": 2})
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="local", region_name="eu-west-1")
    return session.client("s3", endpoint_url=endpoint, config=config)
