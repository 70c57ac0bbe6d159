"""Clients of AWS, made once a process and not before they are used; AWS_ENDPOINT_URL sends them elsewhere."""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config

from regulars.adapters import settings
from regulars.adapters.dynamodb import DynamoDatabase
from regulars.adapters.machines import StepFunctions
from regulars.adapters.objects import Objects
from regulars.adapters.ses import Client as SesClient
from regulars.adapters.session import session
from regulars.adapters.sms import Client as SmsClient
from regulars.adapters.wanted import SqsWanted
from regulars.adapters.workers import Client

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# Three tries of at most four seconds and the waits between them end before the shortest function is stopped.
CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
# A message is sent once: nothing is tried again below, where nobody could know that it went out before.
ONCE = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})


@cache
def database() -> DynamoDatabase:
    """Give the tables of this deployment."""
    return DynamoDatabase(objects=large)


@cache
def large() -> Objects:
    """Give the bucket for what is too large for a table or a queue."""
    return Objects(s3(), settings.large_bucket())


@cache
def failures() -> Objects:
    """Give the bucket of what streams gave up."""
    return Objects(s3(), settings.failures_bucket())


@cache
def sqs() -> "SQSClient":
    """Give the client of SQS."""
    return cast("SQSClient", session().create_client("sqs", config=CONFIG))


@cache
def s3() -> "S3Client":
    """Give the client of S3."""
    return cast("S3Client", session().create_client("s3", config=CONFIG))


@cache
def event_bridge() -> "EventBridgeClient":
    """Give the client of EventBridge."""
    return cast("EventBridgeClient", session().create_client("events", config=CONFIG))


@cache
def step_functions() -> Client:
    """Give the client of Step Functions."""
    return cast(Client, session().create_client("stepfunctions", config=CONFIG))


@cache
def ses() -> SesClient:
    """Give the client of SES, which asks once."""
    return cast(SesClient, session().create_client("sesv2", config=ONCE))


@cache
def sns() -> SmsClient:
    """Give the client of SNS, which asks once."""
    return cast(SmsClient, session().create_client("sns", config=ONCE))


@cache
def machines() -> StepFunctions:
    """Give the state machines of journeys."""
    client = session().create_client("stepfunctions", config=CONFIG)
    return StepFunctions(
        cast(Any, client),
        role=settings.journey_role(),
        functions=settings.journey_functions(),
        tags={"app": "regulars"},
    )


@cache
def wanted() -> SqsWanted:
    """Give the queue of what may move somebody on a journey."""
    return SqsWanted(sqs(), settings.wanted_queue())


@cache
def kms() -> "KMSClient":
    """Give the client of KMS."""
    return cast("KMSClient", session().create_client("kms", config=CONFIG))
