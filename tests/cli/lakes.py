"""A lake of some events for the command to ask."""

from functools import cache
from typing import Any

import boto3

from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event
from regulars.domain.lake import EVENTS
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_row


@cache
def s3() -> Any:
    """The client that the lake is written with."""
    return boto3.client("s3")


def archive(*events: Event) -> None:
    """Write events into the lake."""
    content = Parquet().write(EVENTS, [event_row(event) for event in events])
    s3().put_object(Bucket="lake", Key=batch_key(EVENTS, "2026-01-01", "1", content), Body=content)
