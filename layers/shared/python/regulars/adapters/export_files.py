"""The files of exports in S3, and addresses under which anybody may take one for a while."""

from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters import settings
from regulars.adapters.clients import CONFIG
from regulars.adapters.objects import Objects
from regulars.adapters.session import session
from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TIMEOUT = 30  # seconds: for files of fifty megabytes


class ExportFiles(Objects):
    """The bucket of exports. Each call raises UnavailableError when S3 does not answer."""

    def link(self, key: str, *, name: str, seconds: int) -> str:
        """
        Make an address of an object, for so many seconds, that a browser saves as a file of this name.

        S3 asks whoever comes with it for nothing else. It ends before its time if the credentials end that it was made
        with: those of the function, which Lambda replaces.
        """
        try:
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ResponseContentDisposition": f'attachment; filename="{name}"',
                    "ResponseContentType": "text/csv" if name.endswith(".csv") else "application/x-ndjson",
                    "ResponseCacheControl": "no-store",
                },
                ExpiresIn=seconds,
            )
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("an address could not be made; try again in a moment") from error


@cache
def export_files() -> ExportFiles:
    """Give the files of exports of this deployment."""
    # What lies under a key of KMS takes the newer signature. That holds for one host, and S3 sends who comes to the one
    # of all regions to that of the bucket's own: so that one is named at once.
    is_aws = settings.aws_endpoint() is None
    config = Config(
        signature_version="s3v4",
        read_timeout=_TIMEOUT,
        s3={"addressing_style": "virtual" if is_aws else "path"},
    )
    client = cast("S3Client", session().create_client("s3", config=CONFIG.merge(config)))
    return ExportFiles(client, settings.exports_bucket())
