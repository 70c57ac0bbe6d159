"""Who publishes journeys: each version becomes a state machine, made while the platform runs, named by its stage."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledge import acknowledge_journeys
from infra.data import Data
from infra.http_api import HttpApi
from infra.journeys import Journeys
from infra.python_function import Ground, PythonFunction
from infra.stage import Stage
from infra.tables import recording

_TIMEOUT = Duration.seconds(25)  # the API gives up at 30
_MACHINES = ["states:CreateStateMachine", "states:DeleteStateMachine", "states:TagResource", "states:ListExecutions"]
_VERBS = ("publish", "pause", "resume", "drain", "stop", "archive", "entries")


class JourneyApi(Construct):
    def __init__(
        self, scope: Construct, id: str, *, ground: Ground, data: Data, api: HttpApi, journeys: Journeys
    ) -> None:
        super().__init__(scope, id)
        tables = data.tables
        self.journey_api = PythonFunction(
            self,
            "journey_api",
            ground=ground,
            timeout=_TIMEOUT,
            may=[
                tables.catalog.allow("GetItem", "Query"),
                # A version goes live with the draft as it was read.
                tables.catalog.allow("PutItem", partitions=["journey_version", "live"]),
                tables.catalog.allow("ConditionCheckItem", partitions=["journey"]),
                tables.journeys.allow("Query"),
                # Whom a program lets in, and by which identifier they are known best.
                tables.identities.allow("GetItem", "BatchGetItem", "Query"),
                tables.profiles.allow("GetItem"),
                # An entry that is asked for is an event of its own.
                tables.events.allow("GetItem", "Query", "PartiQLInsert"),
                tables.tallies.allow("GetItem", "PutItem"),
                tables.vault.allow("GetItem", "BatchGetItem", "PartiQLInsert"),
                data.buckets.large.allow("GetObject", "PutObject", under=["events"]),
                recording(tables),
            ],
            wraps=data.keys.workspace,
            sends=journeys.wanted,
        )
        let_make_machines(self.journey_api, ground.stage, journeys.role)
        journeys.tell_whom_they_ask(self.journey_api)
        api.guard(self.journey_api, "GET /v1/journeys", "GET /v1/journeys/{id}", "GET /v1/profiles/{ref}/journeys")
        api.guard(self.journey_api, *(f"POST /v1/journeys/{{id}}/{verb}" for verb in _VERBS))


def let_make_machines(function: PythonFunction, stage: Stage, role: iam.Role) -> None:
    """Let a function make and remove the state machines of a stage's journeys, and see who is under way in them."""
    machines = Stack.of(function).format_arn(
        service="states",
        resource="stateMachine",
        resource_name=f"regulars-{stage.name}-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    iam.Grant.add_to_principal(grantee=function, actions=_MACHINES, resource_arns=[machines])
    acknowledge_journeys(function, stage.name, "stateMachine")
    iam.Grant.add_to_principal(
        grantee=function,
        actions=["iam:PassRole"],
        resource_arns=[role.role_arn],
        conditions={"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}},
    )
    function.add_environment("JOURNEY_ROLE", role.role_arn)
