"""Programs that sign in by themselves: a client with a secret for each, which gets tokens of one role."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.people import People
from infra.stage import PROGRAM_ROLES, Stage


class Programs(Construct):
    """The programs that the stage names; without any there is no domain and no endpoint for tokens."""

    def __init__(self, scope: Construct, id: str, *, stage: Stage, people: People) -> None:
        super().__init__(scope, id)
        self.clients: list[cognito.UserPoolClient] = []
        if not stage.programs:
            return
        cognito.UserPoolDomain(
            self,
            "domain",
            user_pool=people.pool,
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"regulars-{stage.name}-{Aws.ACCOUNT_ID}"),
        )
        scopes = {role: cognito.ResourceServerScope(scope_name=role, scope_description=role) for role in PROGRAM_ROLES}
        server = cognito.UserPoolResourceServer(
            self, "roles", user_pool=people.pool, identifier="regulars", scopes=list(scopes.values())
        )
        for name, role in stage.programs.items():
            self.clients.append(
                cognito.UserPoolClient(
                    self,
                    name,
                    user_pool=people.pool,
                    user_pool_client_name=name,
                    generate_secret=True,
                    o_auth=cognito.OAuthSettings(
                        flows=cognito.OAuthFlows(client_credentials=True),
                        scopes=[cognito.OAuthScope.resource_server(server, scopes[role])],
                    ),
                    access_token_validity=Duration.hours(1),
                )
            )
