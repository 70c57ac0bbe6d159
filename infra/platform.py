"""The stack that can be replaced at will: functions, API, queues, bus and schedule."""

from typing import TypeVar

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from infra.alarms import Alarms
from infra.announcements import Announcements
from infra.auditing import Auditing
from infra.backfilling import Backfilling
from infra.browser_script import BrowserScript
from infra.console import Console
from infra.data import Data
from infra.erasing import Erasing
from infra.exporting import Exporting
from infra.http_api import HttpApi
from infra.identity import Identity
from infra.inbox import Inbox
from infra.ingest import Ingest
from infra.journey_api import JourneyApi
from infra.journeys import Journeys
from infra.lake import Lake
from infra.layers import Layers
from infra.messages import Messages
from infra.operations import OperationsKey
from infra.passages import Passages
from infra.preferences import Preferences
from infra.programs import Programs
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters, Queue
from infra.rebuilding import Rebuilding
from infra.retaining import Retaining
from infra.segments import Segments
from infra.stage import Stage

T = TypeVar("T", bound=Construct)


class Platform(Stack):
    """The functions, in the order an event travels."""

    def __init__(self, scope: Construct, id: str, *, stage: Stage, data: Data, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        key = OperationsKey(self, "operations", stage=stage)
        layers = Layers(self, "layers", stage=stage)
        ground = Ground(stage=stage, layers=layers, key=key, failures=data.buckets.failures)
        programs = Programs(self, "programs", stage=stage, people=data.people)
        api = HttpApi(self, "api", stage=stage, people=data.people, programs=programs, key=key)
        Ingest(self, "ingest", ground=ground, data=data, api=api)
        journeys = Journeys(self, "journeys", ground=ground)
        Identity(self, "identity", ground=ground, data=data, journeys=journeys)
        segments = Segments(self, "segments", ground=ground, data=data)
        announcements = Announcements(self, "announcements", ground=ground, data=data)
        lake = Lake(self, "lake", ground=ground, data=data)
        rebuilding = Rebuilding(self, "rebuilding", ground=ground, data=data)
        backfilling = Backfilling(self, "backfilling", ground=ground, data=data, evaluations=segments.evaluations)
        erasing = Erasing(self, "erasing", ground=ground, data=data, api=api)
        exporting = Exporting(self, "exporting", ground=ground, data=data, api=api)
        passages = Passages(self, "passages", ground=ground, data=data, journeys=journeys, bus=announcements.bus)
        messages = Messages(self, "messages", ground=ground, data=data, api=api)
        for function in (passages.journey_step, messages.deliver):
            journeys.let_ask(function)
        JourneyApi(self, "journey_api", ground=ground, data=data, api=api, journeys=journeys)
        Retaining(self, "retaining", ground=ground, data=data)
        Console(self, "console", ground=ground, data=data, api=api, rebuilding=rebuilding, backfilling=backfilling)
        Auditing(self, "auditing", ground=ground, data=data, api=api)
        Preferences(self, "preferences", ground=ground, data=data, api=api)
        Inbox(self, "inbox", ground=ground, data=data, api=api)
        BrowserScript(self, "browser_script", ground=ground, api=api)
        alarms = Alarms(
            self,
            "alarms",
            stage=stage,
            key=key,
            functions=self._all(PythonFunction),
            dead_letters=self._all(DeadLetters),
            queues=self._all(Queue),
            machines=[rebuilding.machine, backfilling.machine, erasing.machine, exporting.machine],
            failures=data.buckets.failures,
            api=api,
            letters=messages.letters,
        )
        CfnOutput(self, "ApiUrl", value=api.url)
        CfnOutput(self, "AlarmTopic", value=alarms.topic.topic_arn)
        CfnOutput(self, "LakeBucket", value=data.buckets.lake.bucket_name)
        CfnOutput(self, "AnchorsBucket", value=data.buckets.anchors.bucket_name)
        CfnOutput(self, "AthenaWorkgroup", value=lake.catalog.workgroup.name)
        CfnOutput(self, "EventBus", value=announcements.bus.event_bus_name)

    def _all(self, kind: type[T]) -> list[T]:
        return [node for node in self.node.find_all() if isinstance(node, kind)]
