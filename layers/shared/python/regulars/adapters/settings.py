"""Where this deployment keeps things: the only module that reads the environment, each name with a default."""

import os
from urllib.parse import urlsplit

from regulars.stores.database import TableName


def table(name: TableName) -> str:
    """Name the physical table, such as EVENTS_TABLE says for `events`."""
    return os.environ.get(f"{name.upper()}_TABLE", name)


def evaluations_queue() -> str:
    """Give the URL of the queue of evaluations."""
    return os.environ.get("EVALUATIONS_QUEUE", "evaluations")


def wanted_queue() -> str:
    """Give the URL of the queue of what may move somebody on a journey."""
    return os.environ.get("WANTED_QUEUE", "wanted")


def overflow_queue() -> str:
    """Give the URL of the queue of requests that no table took."""
    return os.environ.get("OVERFLOW_QUEUE", "overflow")


def large_bucket() -> str:
    """Name the bucket of what is too large for a table or a queue."""
    return os.environ.get("LARGE_BUCKET", "large")


def failures_bucket() -> str:
    """Name the bucket of what streams gave up."""
    return os.environ.get("FAILURES_BUCKET", "failures")


def lake_bucket() -> str:
    """Name the bucket of the lake."""
    return os.environ.get("LAKE_BUCKET", "lake")


def anchors_bucket() -> str:
    """Name the bucket of the anchors of the audit trail."""
    return os.environ.get("ANCHORS_BUCKET", "anchors")


def exports_bucket() -> str:
    """Name the bucket of the files of exports."""
    return os.environ.get("EXPORTS_BUCKET", "exports")


def backfilling() -> str:
    """Name the state machine that looks at everybody for the segments that are coming."""
    return os.environ.get("BACKFILLING", "backfilling")


def rebuilding() -> str:
    """Name the state machine that rebuilds everybody."""
    return os.environ.get("REBUILDING", "rebuilding")


def erasing() -> str:
    """Name the state machine that meets requests of persons."""
    return os.environ.get("ERASING", "erasing")


def journey_role() -> str:
    """Name the role that state machines of journeys act as."""
    return os.environ.get("JOURNEY_ROLE", "journey")


def journey_functions() -> dict[str, str]:
    """Name the functions that state machines of journeys ask, by what stands for them in definitions."""
    return {name: os.environ.get(name.upper(), name) for name in ("journey_step", "deliver")}


def exporting() -> str:
    """Name the state machine that makes exports."""
    return os.environ.get("EXPORTING", "exporting")


def event_bus() -> str:
    """Name the bus on which transitions are published."""
    return os.environ.get("EVENT_BUS", "default")


def workspace_cmk() -> str:
    """Name the KMS key that wraps the workspace's key."""
    return os.environ.get("WORKSPACE_CMK", "alias/regulars")


def sign_in_client() -> str:
    """Give the id of the client with which people sign in to the user pool."""
    return os.environ.get("SIGN_IN_CLIENT", "")


def sign_in_clients() -> frozenset[str]:
    """Give the ids of all clients whose tokens are taken: that of people, and those of programs."""
    return frozenset(filter(None, os.environ.get("SIGN_IN_CLIENTS", "").split(",")))


def sign_in_issuer() -> str:
    """Name the user pool as its tokens do."""
    return os.environ.get("SIGN_IN_ISSUER", "")


def sign_in_keys() -> str:
    """Say where the user pool shows its public keys: at itself, or at what stands for AWS here."""
    issuer, endpoint = sign_in_issuer(), aws_endpoint()
    place = f"{endpoint.rstrip('/')}/{issuer.rpartition('/')[2]}" if endpoint else issuer
    return f"{place}/.well-known/jwks.json"


def sender() -> str:
    """Give the mailbox that letters come from; empty where none was set up, and no letter goes out."""
    return os.environ.get("SENDER", "")


def sms_sender() -> str:
    """Give the name that text messages come from, where a country allows one."""
    return os.environ.get("SMS_SENDER", "")


def configuration_set() -> str:
    """Name the configuration set of SES, by which it tells what became of letters."""
    return os.environ.get("CONFIGURATION_SET", "")


def site() -> str:
    """Say where people find the API, for the links in letters; without a slash at the end."""
    return os.environ.get("SITE", "").rstrip("/")


def aws_endpoint() -> str | None:
    """Say where what stands for AWS is; None for AWS itself."""
    return os.environ.get("AWS_ENDPOINT_URL")


def is_local() -> bool:
    """Say whether what stands for AWS is on this machine: then webhooks may be, too."""
    return urlsplit(aws_endpoint() or "").hostname in ("localhost", "127.0.0.1")


def region() -> str:
    """Name the region that a function runs in."""
    return os.environ.get("AWS_REGION", "")


def service() -> str:
    """Name the function that runs, as its logs and metrics do."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")


def stage() -> str:
    """Name the deployment, such as dev or prod."""
    return os.environ.get("STAGE", "dev")
