"""One Lambda function, together with everything it may touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from infra.layers import ARCHITECTURE, ROOT, RUNTIME, Layers
from infra.objects import Listing, ObjectAccess
from infra.queue import DeadLetters, Queue, grant_send
from infra.stage import Stage
from infra.stream import Changes
from infra.table import Access

_WRAP = ["kms:Decrypt", "kms:GenerateDataKey"]
_UNWRAP = ["kms:Decrypt"]
AnyAccess = Access | ObjectAccess | Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every function stands on."""

    stage: Stage
    layers: Layers
    key: kms.IKey
    failures: s3.Bucket


class PythonFunction(lambda_.Function):
    """The function whose handler is `functions/<name>/handler.py`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        ground: Ground,
        may: Sequence[AnyAccess] = (),
        wraps: kms.IKey | None = None,
        unwraps: kms.IKey | None = None,
        woken_by: Sequence[Changes] = (),
        works_off: Queue | None = None,
        sends: Queue | None = None,
        publishes: events.EventBus | None = None,
        starts: Sequence[sfn.StateMachine] = (),
        dead_letters: DeadLetters | None = None,
        recursive: bool = False,
        timeout: Duration | None = None,
        memory: int = 512,
        disk: Size | None = None,
        carries: Sequence[lambda_.ILayerVersion] = (),
        code: lambda_.Code | None = None,
        physical_name: str | None = None,
    ) -> None:
        reserved = ground.stage.reserved_concurrency.get(name, 0)
        role = iam.Role(scope, f"{name}_role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group = LogGroup(scope, f"{name}_logs", key=ground.key)
        super().__init__(
            scope,
            name,
            function_name=physical_name,
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=code or lambda_.Code.from_asset(str(folder_of(name)), exclude=NOT_SHIPPED),
            handler="handler.handler",
            layers=[*ground.layers.all, *carries],
            memory_size=memory,
            ephemeral_storage_size=disk,
            timeout=timeout or Duration.seconds(10),
            role=role,
            log_group=log_group,
            dead_letter_queue=dead_letters,
            retry_attempts=0 if dead_letters else None,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if recursive else None,
            reserved_concurrent_executions=reserved or None,
            environment=_environment(name, ground.stage, may, sends, publishes, starts, wraps or unwraps),
        )
        self.name = name
        self._reserved = reserved
        self.reads_changes = bool(woken_by)
        self.gathers = max((change.gathers for change in woken_by), default=0)
        log_group.grant_write(role)
        self._allow(may, wraps=wraps, unwraps=unwraps)
        self._wake_on(woken_by, works_off, failures=ground.failures)
        self._let_send([queue for queue in (sends, dead_letters) if queue], publishes)
        for machine in starts:
            machine.grant_start_execution(self)

    def _allow(self, may: Sequence[AnyAccess], *, wraps: kms.IKey | None, unwraps: kms.IKey | None) -> None:
        for access in may:
            access.grant_to(self)
        if wraps:
            wraps.grant(self, *_WRAP)
        if unwraps:
            unwraps.grant(self, *_UNWRAP)

    def _wake_on(self, changes: Sequence[Changes], queue: Queue | None, *, failures: s3.Bucket) -> None:
        for change in changes:
            change.wake(self, failures=failures)
        if queue:
            # Without a bound, more is polled than may run, and what is turned away comes closer to the dead letters.
            share = self._reserved // 2 if changes else self._reserved
            self.add_event_source(
                SqsEventSource(queue, report_batch_item_failures=True, max_concurrency=max(2, share) if share else None)
            )

    def _let_send(self, queues: Sequence[Queue | DeadLetters], bus: events.EventBus | None) -> None:
        for queue in queues:
            grant_send(queue, self)
        if bus:
            bus.grant_put_events_to(self)


class LogGroup(logs.LogGroup):
    """Encrypted logs that are gone after thirty days, like everything else about a person."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey) -> None:
        super().__init__(
            scope,
            name,
            encryption_key=key,
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )


NOT_SHIPPED = ["**/__pycache__", "__pycache__", "__init__.py"]


def folder_of(name: str) -> Path:
    """
    Return the folder of a function.

    Raises FileNotFoundError if it holds no handler.
    """
    folder = ROOT / "functions" / name
    if not (folder / "handler.py").is_file():
        message = f"functions/{name}/handler.py is missing: a function is deployed from that file"
        raise FileNotFoundError(message)
    return folder


def _environment(
    name: str,
    stage: Stage,
    may: Sequence[AnyAccess],
    sends: Queue | None,
    publishes: events.EventBus | None,
    starts: Sequence[sfn.StateMachine],
    workspace: kms.IKey | None,
) -> dict[str, str]:
    places = dict(access.place for access in may)
    if sends:
        places[sends.variable] = sends.queue_url
    if publishes:
        places["EVENT_BUS"] = publishes.event_bus_name
    places |= {machine.node.id.upper(): machine.state_machine_arn for machine in starts}
    if workspace:
        places["WORKSPACE_CMK"] = workspace.key_arn
    return {
        "STAGE": stage.name,
        "POWERTOOLS_SERVICE_NAME": name,
        # Traces would copy what a function returns and what it failed on: people, both times.
        "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
        "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
        **places,
    }
