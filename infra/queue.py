"""A queue, and the one behind it for messages that nobody could work off."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.table import via

_PATIENT = 1_000  # tries: where a message comes back after six minutes they outlast an outage of four days
_TRIES = 5


class DeadLetters(sqs.Queue):
    """Messages that failed for good, kept for as long as SQS keeps anything."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey) -> None:
        super().__init__(
            scope,
            name,
            encryption_master_key=key,
            data_key_reuse=Duration.hours(24),
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        self.key = key


class Queue(sqs.Queue):
    """
    A queue whose messages come back after six times the time a function may take, and stay until they are done.

    One that is patient gives nothing up for days; an alarm tells long before that something waits in it.
    """

    def __init__(
        self, scope: Construct, name: str, *, key: kms.IKey, function_timeout: Duration, is_patient: bool = False
    ) -> None:
        self.dead = DeadLetters(scope, f"{name}_dead", key=key)
        super().__init__(
            scope,
            name,
            encryption_master_key=key,
            data_key_reuse=Duration.hours(24),
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.seconds(6 * function_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead, max_receive_count=_PATIENT if is_patient else _TRIES
            ),
        )
        self.key = key
        self.is_patient = is_patient

    @property
    def variable(self) -> str:
        """Name the environment variable that tells a function where this queue is."""
        return f"{self.node.id.upper()}_QUEUE"


def grant_send(queue: Queue | DeadLetters, sender: iam.IGrantable) -> None:
    """Let a function send, and only send."""
    iam.Grant.add_to_principal(grantee=sender, actions=["sqs:SendMessage"], resource_arns=[queue.queue_arn])
    iam.Grant.add_to_principal(
        grantee=sender,
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resource_arns=[queue.key.key_arn],
        conditions=via("sqs", queue),
    )
