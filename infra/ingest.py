"""The public door: a call of an SDK becomes stored events."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction


class Ingest(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.ingest = PythonFunction(
            self,
            "ingest",
            ground=ground,
            timeout=Duration.seconds(25),  # the API gives up at 30
            may=[
                tables.events.allow("PartiQLInsert", "GetItem"),  # an insert never overwrites
                tables.catalog.allow("GetItem", "Query"),
                tables.vault.allow("GetItem", "PutItem"),
                tables.quarantine.allow("PartiQLInsert"),
            ],
            wraps=data.keys.workspace,
        )
        api.open(
            self.ingest,
            "POST /v1/{call}",
            # Trailing slashes, and the paths under which other SDKs call: the function knows them.
            "POST /{proxy+}",
            "GET /v1/projects/{key}/settings",
            because="The function itself looks up the write key, which SDKs send in five different places.",
        )
        api.open_all_else(
            self.ingest,
            because="It answers 404 or 405 as JSON with a code; the gateway's own answer has only a message.",
        )
