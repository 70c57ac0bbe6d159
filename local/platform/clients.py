"""Clients of the emulator's AWS."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from local.platform.emulator import REGION

ACCOUNT = "000000000000"
CONNECTIONS = 32


class Clients:
    """Makes each client once; all of them are safe to share between threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._session = boto3.Session(
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",
            region_name=REGION,
        )
        self.of = lru_cache(maxsize=None)(self._make)

    def _make(self, service: str) -> Any:
        config = Config(
            account_id_endpoint_mode="disabled",
            max_pool_connections=CONNECTIONS,
            read_timeout=900,
            # The runner retries as the mapping says; a second layer of retries would hide it.
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
        )
        return self._session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]  # a name, not a literal
