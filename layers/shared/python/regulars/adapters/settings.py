"""Where this deployment keeps things: the only module that reads the environment, each name with a default."""

import os

from regulars.stores.database import TableName


def table(name: TableName) -> str:
    """Name the physical table, such as EVENTS_TABLE says for `events`."""
    return os.environ.get(f"{name.upper()}_TABLE", name)


def evaluations_queue() -> str:
    """Give the URL of the queue of evaluations."""
    return os.environ.get("EVALUATIONS_QUEUE", "evaluations")


def overflow_queue() -> str:
    """Give the URL of the queue of requests that no table took."""
    return os.environ.get("OVERFLOW_QUEUE", "overflow")


def large_bucket() -> str:
    """Name the bucket of what is too large for a table or a queue."""
    return os.environ.get("LARGE_BUCKET", "large")


def lake_bucket() -> str:
    """Name the bucket of the lake."""
    return os.environ.get("LAKE_BUCKET", "lake")


def backfilling() -> str:
    """Name the state machine that looks at everybody for the segments that are coming."""
    return os.environ.get("BACKFILLING", "backfilling")


def rebuilding() -> str:
    """Name the state machine that rebuilds everybody."""
    return os.environ.get("REBUILDING", "rebuilding")


def erasing() -> str:
    """Name the state machine that meets requests of persons."""
    return os.environ.get("ERASING", "erasing")


def event_bus() -> str:
    """Name the bus on which transitions are published."""
    return os.environ.get("EVENT_BUS", "default")


def workspace_cmk() -> str:
    """Name the KMS key that wraps the workspace's key."""
    return os.environ.get("WORKSPACE_CMK", "alias/regulars")


def service() -> str:
    """Name the function that runs, as its logs and metrics do."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")


def stage() -> str:
    """Name the deployment, such as dev or prod."""
    return os.environ.get("STAGE", "dev")
