"""The public door: a call of an SDK becomes stored events, by way of a queue when no table takes them."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.http_api import HttpApi
from infra.objects import ObjectAccess
from infra.python_function import Ground, PythonFunction
from infra.queue import Queue
from infra.table import Access

_DRAIN = Duration.seconds(60)


class Ingest(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        large = data.buckets.large
        self.overflow = Queue(self, "overflow", key=ground.key, function_timeout=_DRAIN, is_patient=True)
        self.ingest = PythonFunction(
            self,
            "ingest",
            ground=ground,
            carries=[ground.layers.plans],
            timeout=Duration.seconds(25),  # the API gives up at 30
            may=[*_store(data), large.allow("PutObject", under=["overflow"])],
            wraps=data.keys.workspace,
            sends=self.overflow,
        )
        self.drain_overflow = PythonFunction(
            self,
            "drain_overflow",
            ground=ground,
            carries=[ground.layers.plans],
            timeout=_DRAIN,
            may=[*_store(data), large.allow("GetObject", "DeleteObject", under=["overflow"])],
            wraps=data.keys.workspace,
            works_off=self.overflow,
        )
        api.open(
            self.ingest,
            "POST /v1/{call}",
            # Trailing slashes, and the paths under which other SDKs call: the function knows them.
            "POST /{proxy+}",
            "GET /v1/projects/{key}/settings",
            "GET /v1/pixel/{call}",
            "GET /sourceConfig",
            because="The function itself looks up the write key, which SDKs send in five different places.",
        )
        api.open_all_else(
            self.ingest,
            because="It answers 404 or 405 as JSON with a code; the gateway's own answer has only a message.",
        )


def _store(data: Data) -> list[Access | ObjectAccess]:
    """What it takes to store events, whichever way they came."""
    tables = data.tables
    return [
        tables.events.allow("PartiQLInsert", "GetItem"),  # an insert never overwrites
        tables.catalog.allow("GetItem", "Query"),
        tables.catalog.allow("PutItem", partitions=["key_use"]),  # the day on which a write key was used last
        tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
        tables.quarantine.allow("PartiQLInsert", "GetItem"),
        tables.tallies.allow("PutItem", "Query"),
        data.buckets.large.allow("GetObject", "PutObject", under=["events", "quarantine"]),
    ]
