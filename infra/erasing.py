"""Requests of persons: who takes them, and a state machine that calls one function until a request is met."""

from aws_cdk import Duration, Size
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.buckets import LEDGER
from infra.data import Data
from infra.each_segment import call, machine
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters
from infra.stopping import let_stop_journeys
from infra.tables import recording
from infra.waking import each_hour

_LAKE = ["events", "identity", "refused"]
_TIMEOUT = Duration.seconds(25)  # the API gives up at 30


class Erasing(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables, buckets = data.tables, data.buckets
        self.missed = DeadLetters(self, "erase_dead", key=ground.key)
        self.erase = PythonFunction(
            self,
            "erase",
            ground=ground,
            timeout=Duration.minutes(15),
            memory=2_048,
            disk=Size.gibibytes(2),
            carries=[ground.layers.lake],
            may=[
                # An event of somebody else is written anew only to name nobody who is gone; an opt-out adds some.
                tables.events.allow("GetItem", "Query", "Scan", "PutItem", "PartiQLInsert", "DeleteItem"),
                tables.identities.allow("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
                tables.profiles.allow("GetItem", "BatchGetItem", "PutItem", "DeleteItem"),
                tables.memberships.allow("GetItem", "Query", "PutItem", "DeleteItem"),
                tables.timers.allow("Scan", "DeleteItem"),
                tables.quarantine.allow("Scan", "DeleteItem"),
                tables.tallies.allow("Scan", "PutItem", "DeleteItem"),
                # Rows of others are written anew only to name nobody who is gone.
                tables.journeys.allow("Query", "Scan", "PutItem", "DeleteItem"),
                # A key is emptied, and taken away when its erasure is lifted; it is never opened.
                tables.vault.allow("GetItem", "PutItem", "DeleteItem"),
                tables.catalog.allow("GetItem", "BatchGetItem", "Query", "PutItem", "PartiQLInsert", "DeleteItem"),
                buckets.large.listing(),
                buckets.large.allow("GetObject", "PutObject", "DeleteObject", under=["events"]),
                buckets.large.allow("DeleteObject", under=["quarantine"]),
                buckets.failures.listing(),
                buckets.failures.allow("GetObject", "PutObject", "DeleteObject", under=["aws/lambda"]),
                buckets.lake.listing(),
                buckets.lake.allow("GetObject", "PutObject", "DeleteObject", under=_LAKE),
                # What remains of people who are anonymised is counted once, and never taken back.
                buckets.lake.allow("GetObject", "PutObject", under=["remains"]),
                buckets.exports.listing(),
                buckets.exports.allow("DeleteObject", under=["files"]),
                buckets.anchors.allow("PutObject", under=[LEDGER]),
            ],
            dead_letters=self.missed,
        )
        let_stop_journeys(self.erase, ground.stage)
        each_hour(self, self.erase, self.missed)  # what is due of legal holds, once a day
        self.machine = machine(self, "erasing", self.erase, self._until_it_is_met())
        self.privacy_api = PythonFunction(
            self,
            "privacy_api",
            ground=ground,
            timeout=_TIMEOUT,
            may=[
                tables.catalog.allow("GetItem", "Query", "PutItem", "PartiQLInsert"),
                tables.vault.allow("GetItem"),
                recording(tables),
            ],
            unwraps=data.keys.workspace,
            starts=[self.machine],
        )
        api.guard(self.privacy_api, "GET /v1/privacy/{proxy+}", "POST /v1/privacy/{proxy+}")

    def _until_it_is_met(self) -> sfn.IChainable:
        """Call the function, wait as long as it says, and so on; it ends only when nothing is left to be done."""
        work = call(self, "work", self.erase, Parameters={"id.$": "$.id"}, ResultPath="$.found")
        wait = sfn.Wait(self, "wait", time=sfn.WaitTime.seconds_path("$.found.wait"))
        is_done = sfn.Condition.boolean_equals("$.found.done", True)
        choice = sfn.Choice(self, "is it met").when(is_done, sfn.Succeed(self, "met")).otherwise(wait)
        wait.next(work)
        return work.next(choice)
