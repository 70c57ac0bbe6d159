"""The topic on which alarms are told, and who hears them."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra.operations import OperationsKey


class AlarmTopic(sns.Topic):
    """An encrypted topic on which only the alarms of this account publish."""

    def __init__(self, scope: Construct, id: str, *, key: OperationsKey, email: str | None) -> None:
        super().__init__(scope, id, master_key=key, enforce_ssl=True)
        # The policy that asks for TLS takes the place of the one a topic begins with.
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        if email:
            self.add_subscription(EmailSubscription(email))
