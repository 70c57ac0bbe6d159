"""
A queue as the target of a rule: the rule may send to it, and to the dead letters behind it, and to nothing else.

CDK's own target would open the key of the queue to every rule of every account; ours is open to those of this account.
"""

from typing import Any

import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk.interfaces.aws_events import IRuleRef

from infra.queue import Queue


@jsii.implements(events.IRuleTarget)
class QueueTarget:
    """Sends what a rule hears to a queue, as `message` has it."""

    def __init__(self, queue: Queue, *, message: events.RuleTargetInput | None = None) -> None:
        self._queue = queue
        self._message = message

    def bind(self, rule: IRuleRef, id: str | None = None) -> Any:
        """Let the rule send."""
        del id
        for queue in (self._queue, self._queue.dead):
            queue.add_to_resource_policy(_may_send(queue, rule))
        return events.RuleTargetConfig(
            arn=self._queue.queue_arn,
            input=self._message,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._queue.dead.queue_arn),
            target_resource=self._queue,
        )


def _may_send(queue: sqs.Queue, rule: IRuleRef) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("events.amazonaws.com")],
        actions=["sqs:SendMessage"],
        resources=[queue.queue_arn],
        conditions={"ArnEquals": {"aws:SourceArn": rule.rule_ref.rule_arn}},
    )
