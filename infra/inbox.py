"""The inbox of people in apps and on sites: read by browsers, with a token that a server had made."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction


class Inbox(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.inbox_api = PythonFunction(
            self,
            "inbox_api",
            ground=ground,
            timeout=Duration.seconds(25),
            may=[
                # Messages, and that one was read.
                tables.journeys.allow("GetItem", "Query", "PutItem"),
                # Who somebody is, and whether they are restricted.
                tables.profiles.allow("GetItem"),
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.events.allow("Query"),
                tables.vault.allow("GetItem"),
            ],
            unwraps=data.keys.workspace,
        )
        api.open(
            self.inbox_api,
            "GET /v1/inbox",
            "POST /v1/inbox/{id}/read",
            because="Whoever reads has no login here; the token of the app's server says whose messages they are.",
        )
