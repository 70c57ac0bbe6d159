"""Pages by signed link, on which people decide on consent by themselves: the one function that strangers write with."""

from aws_cdk import Duration
from constructs import Construct

from infra.data import Data
from infra.http_api import HttpApi
from infra.python_function import Ground, PythonFunction


class Preferences(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.preferences = PythonFunction(
            self,
            "preferences",
            ground=ground,
            timeout=Duration.seconds(25),
            may=[
                # What a person decided, and who they are.
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.profiles.allow("GetItem"),
                # A decision is an event of its own; it names its owner as the newest one does.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                tables.catalog.allow("GetItem", partitions=["consent", "identity", "retention"]),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
            unwraps=data.keys.workspace,
        )
        api.open(
            self.preferences,
            *(f"{method} /v1/{page}" for page in ("preferences", "unsubscribe") for method in ("GET", "POST")),
            because="Whoever got the link has no login; its signature says whom it was sent to and what it may do.",
        )
