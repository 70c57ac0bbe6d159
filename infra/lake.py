"""The lake: events, the identity log and refused claims as files, and the many small ones of a day made few."""

from aws_cdk import Duration, Size
from constructs import Construct

from infra.data import Data
from infra.lake_catalog import LakeCatalog
from infra.python_function import Ground, PythonFunction
from infra.queue import DeadLetters
from infra.stream import Changes
from infra.waking import each_hour

_TABLES = ["events", "identity", "refused"]
_GATHERS = 300  # seconds, the longest there is: a file a batch, and a file costs the same with one row or thousands
_AT_ONCE = 5_000  # records; 6 MB come first


class Lake(Construct):
    def __init__(self, scope: Construct, id: str, *, ground: Ground, data: Data) -> None:
        super().__init__(scope, id)
        tables, lake = data.tables, data.buckets.lake
        self.archive = PythonFunction(
            self,
            "archive",
            ground=ground,
            timeout=Duration.seconds(60),
            carries=[ground.layers.lake],
            woken_by=[
                Changes(table=tables.events, only_inserts=True, at_once=_AT_ONCE, gathers=_GATHERS),
                Changes(table=tables.profiles, at_once=_AT_ONCE, gathers=_GATHERS),
                Changes(
                    table=tables.tallies, only_inserts=True, only_slots="refused#", at_once=_AT_ONCE, gathers=_GATHERS
                ),
            ],
            may=[
                lake.allow("PutObject", under=_TABLES),
                data.buckets.large.allow("GetObject", under=["events"]),
            ],
        )
        self.missed = DeadLetters(self, "compact_dead", key=ground.key)
        self.compact = PythonFunction(
            self,
            "compact",
            ground=ground,
            timeout=Duration.minutes(15),
            memory=2_048,
            disk=Size.gibibytes(2),
            carries=[ground.layers.lake],
            may=[
                lake.listing(),
                lake.allow("GetObject", "PutObject", "DeleteObject", under=_TABLES),
                lake.allow("GetObject", "DeleteObject", under=["remains"]),  # past its period
                # What is past its period goes, but of whom is held: the rules, the holds, and who belongs to whom.
                tables.catalog.allow("GetItem", "Query", "PutItem"),
                tables.identities.allow("GetItem"),
                tables.profiles.allow("GetItem"),
            ],
            dead_letters=self.missed,
        )
        self.catalog = LakeCatalog(self, "catalog", stage=ground.stage, buckets=data.buckets)
        each_hour(self, self.compact, self.missed)  # it looks at what is there: a lost hour is the next one's work
