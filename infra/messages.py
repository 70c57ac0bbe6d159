"""Messages of journeys: the function that sends them, and what SES tells of letters: what became of each."""

from typing import Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.data import Data
from infra.http_api import HttpApi
from infra.journeys import lasting
from infra.python_function import Ground, PythonFunction
from infra.queue import Queue
from infra.rule_target import QueueTarget

_TIMEOUT = Duration.seconds(45)  # less than a claim is held for whoever may still be at it
_SETTLE = Duration.seconds(60)
_EVERY_TOPIC = "arn:aws:sns:*:*:*"
_TOLD = ["Email Delivered", "Email Bounced", "Email Complaint Received", "Email Rejected"]
_NEWS = [
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
]


class Messages(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.letters = ses.ConfigurationSet(
            self,
            "letters",
            reputation_metrics=True,
            # SES would keep a list of addresses in clear, which no erasure reaches: ours has keyed hashes.
            disable_suppression_list=True,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        )
        self.deliver = PythonFunction(
            self,
            "deliver",
            ground=ground,
            physical_name=lasting(ground.stage, "deliver"),
            timeout=_TIMEOUT,
            may=[
                # A claim is bound to who somebody is, and to what they decided.
                tables.identities.allow("Query", "ConditionCheckItem"),
                tables.profiles.allow("GetItem", "ConditionCheckItem"),
                tables.journeys.allow(
                    "GetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem", "PartiQLInsert"
                ),
                tables.catalog.allow("GetItem", "Query"),
                # What became of a message is an event of the person's.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                # Addresses, and what a template names, are opened here.
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert", "ConditionCheckItem"),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            unwraps=data.keys.workspace,
        )
        self._let_write(ground)
        self.deliver.add_environment("SITE", api.url)
        self.deliver.add_environment("CONFIGURATION_SET", self.letters.configuration_set_name)
        self.feedback = Queue(self, "feedback", key=ground.key, function_timeout=_SETTLE, is_patient=True)
        self.settle_sends = PythonFunction(
            self,
            "settle_sends",
            ground=ground,
            timeout=_SETTLE,
            works_off=self.feedback,
            may=[
                tables.journeys.allow("GetItem", "PutItem", "PartiQLInsert"),
                tables.catalog.allow("GetItem", "Query"),
                # A complaint is a withdrawal, recorded as every decision is.
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.profiles.allow("GetItem"),
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.tallies.allow("GetItem", "PutItem"),
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            unwraps=data.keys.workspace,
        )
        self._listen()

    def _let_write(self, ground: Ground) -> None:
        """Let the function send letters from the domain of the sender, and texts to numbers, and nothing to topics."""
        stage, stack = ground.stage, Stack.of(self)
        self.deliver.add_to_role_policy(
            iam.PolicyStatement(actions=["sns:Publish"], not_resources=[_EVERY_TOPIC])  # a number is no resource
        )
        if not stage.sender:
            return
        self.deliver.add_environment("SENDER", stage.sender)
        if stage.local:  # else its owner has it verified, by records of its DNS
            ses.EmailIdentity(self, "sender", identity=ses.Identity.domain(stage.sender_domain))
        identity, mailboxes = (
            stack.format_arn(
                service="ses",
                resource="identity",
                resource_name=name,
                arn_format=ArnFormat.SLASH_RESOURCE_NAME,
            )
            for name in (stage.sender_domain, f"*@{stage.sender_domain}")
        )
        set_of_ours = stack.format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self.letters.configuration_set_name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        iam.Grant.add_to_principal(
            grantee=self.deliver,
            actions=["ses:SendEmail"],
            # A mailbox of the domain may be an identity of its own, and is the one that SES asks for then.
            resource_arns=[identity, mailboxes, set_of_ours],
            conditions={"StringLike": {"ses:FromAddress": f"*@{stage.sender_domain}"}},
        )
        of_ours = f"arn:<AWS::Partition>:ses:{stack.region}:<AWS::AccountId>:identity/*@{stage.sender_domain}"
        because = "Which mailboxes of the sender's domain are identities of their own is its owner's choice."
        acknowledge(self.deliver.role or self.deliver, f"IAM5[Resource::{of_ours}]", because=because)

    def _listen(self) -> None:
        """Have SES tell what became of letters; the rule passes on how the ledger names them, and no address."""
        bus = events.EventBus.from_event_bus_name(self, "default", "default")
        self.letters.add_event_destination(
            "told", destination=ses.EventDestination.event_bus(bus), events=_NEWS, enabled=True
        )
        told = events.RuleTargetInput.from_object(
            {
                "type": events.EventField.from_path("$.detail-type"),
                "send": events.EventField.from_path("$.detail.mail.tags.send"),
                "bounce": events.EventField.from_path("$.detail.bounce.bounceType"),
            }
        )
        target: Any = QueueTarget(self.feedback, message=told)  # jsii knows that it is one
        events.Rule(
            self,
            "told",
            event_pattern=events.EventPattern(
                source=["aws.ses"],
                detail_type=_TOLD,
                detail={"mail": {"tags": {"ses:configuration-set": [self.letters.configuration_set_name]}}},
            ),
            targets=[target],
        )
