"""Exports: who takes and decides them, and a state machine that calls one function until a file is there."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.each_segment import each_segment, machine
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction
from infra.tables import recording

_FILES = ["files"]
_EXPORTS = ["export", "export_quota"]
_TIMEOUT = Duration.seconds(25)  # the API gives up at 30


class Exporting(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables, exports = data.tables, data.buckets.exports
        self.export = PythonFunction(
            self,
            "export",
            ground=ground,
            timeout=Duration.minutes(15),
            memory=1_024,  # a file of fifty megabytes is put together in it
            may=[
                tables.catalog.allow("GetItem", "Query"),
                tables.catalog.allow("PutItem", partitions=_EXPORTS[:1]),
                tables.memberships.allow("GetItem", "Query"),
                tables.memberships.allow("Query", index="by_segment"),
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.profiles.allow("GetItem", "BatchGetItem"),
                tables.events.allow("Query"),
                data.buckets.large.allow("GetObject", under=["events"]),
                # The one function that opens traits of many people at once.
                tables.vault.allow("GetItem"),
                exports.listing(),
                exports.allow("GetObject", "PutObject", "DeleteObject", under=_FILES),
                recording(tables),
            ],
            unwraps=data.keys.workspace,
        )
        self.machine = machine(self, "exporting", self.export, each_segment(self, self.export))
        self.export_api = PythonFunction(
            self,
            "export_api",
            ground=ground,
            timeout=_TIMEOUT,
            may=[
                tables.catalog.allow("GetItem", "Query"),
                tables.catalog.allow("PutItem", partitions=_EXPORTS),
                # How many are in a segment; not who.
                tables.memberships.allow("Query", index="by_segment"),
                # It signs cursors, and opens nothing.
                tables.vault.allow("GetItem"),
                exports.listing(),
                # Whoever has an address that it made reads with its permission.
                exports.allow("GetObject", "DeleteObject", under=_FILES),
                recording(tables),
            ],
            unwraps=data.keys.workspace,
            starts=[self.machine],
        )
        api.guard(self.export_api, "GET /v1/exports", "POST /v1/exports")
        api.guard(self.export_api, "GET /v1/exports/{id}", "POST /v1/exports/{id}/{verb}")
