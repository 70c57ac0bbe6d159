"""The HTTP API: routes, who may take them, what a browser may send, and what is logged."""

import json
from typing import cast

from aws_cdk import Duration, Fn
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk.aws_apigatewayv2 import CorsHttpMethod, HttpMethod
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.cors import READABLE, SDK_HEADERS
from infra.people import People
from infra.programs import Programs
from infra.python_function import LogGroup, PythonFunction
from infra.stage import Stage

# Neither path nor query nor address: any of them may name a person.
ACCESS_LOG = {
    "latency": "$context.responseLatency",
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "size": "$context.responseLength",
    "status": "$context.status",
}


class HttpApi(Construct):
    """The one address of a deployment; a preflight is answered by the gateway itself."""

    def __init__(
        self, scope: Construct, id: str, *, stage: Stage, people: People, programs: Programs, key: kms.IKey
    ) -> None:
        super().__init__(scope, id)
        self._api = apigateway.HttpApi(
            self,
            "http",
            create_default_stage=False,
            cors_preflight=apigateway.CorsPreflightOptions(
                allow_origins=["*"],
                allow_methods=[
                    CorsHttpMethod.GET,
                    CorsHttpMethod.POST,
                    CorsHttpMethod.PUT,
                    CorsHttpMethod.PATCH,
                    CorsHttpMethod.DELETE,
                    CorsHttpMethod.OPTIONS,
                ],
                allow_headers=list(SDK_HEADERS),
                expose_headers=list(READABLE),
                max_age=Duration.days(1),
            ),
        )
        rate = stage.requests_per_second
        default = apigateway.HttpStage(
            self,
            "stage",
            http_api=self._api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=rate, burst_limit=rate),
        )
        access = LogGroup(self, "access", key=key)
        cast(
            "apigateway.CfnStage", default.node.default_child
        ).access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=access.log_group_arn, format=json.dumps(ACCESS_LOG)
        )
        self._signed_in = HttpUserPoolAuthorizer(
            "signed_in",
            people.pool,
            user_pool_clients=[people.client, *programs.clients],
            user_pool_region=stage.region,
        )
        self._integrations: dict[str, HttpLambdaIntegration] = {}
        self._sign_in = {
            "SIGN_IN_ISSUER": f"https://cognito-idp.{stage.region}.amazonaws.com/{people.pool.user_pool_id}",
            "SIGN_IN_CLIENTS": Fn.join(",", [each.user_pool_client_id for each in (people.client, *programs.clients)]),
        }
        self.url = self._api.api_endpoint

    def server_errors(self, period: Duration) -> cloudwatch.Metric:
        """Count the answers of 500 and above, a door that cannot store among them."""
        return self._api.metric_server_error(period=period, statistic="Sum")

    def open(self, function: PythonFunction, *routes: str, because: str) -> None:
        """Lead routes such as `GET /v1/things/{id}` to a function, whoever asks, and say why that is right."""
        for route in routes:
            for made in self._add(function, route, authorizer=None):
                acknowledge(made, "APIG4", because=because)

    def open_all_else(self, function: PythonFunction, *, because: str) -> None:
        """Lead what fits no other route, or fits one with another method, to a function, whoever asks."""
        route = apigateway.HttpRoute(
            self,
            "all_else",
            http_api=self._api,
            route_key=apigateway.HttpRouteKey.DEFAULT,
            integration=self._integration(function),
        )
        acknowledge(route, "APIG4", because=because)

    def guard(self, function: PythonFunction, *routes: str) -> None:
        """Lead routes to a function for people who are signed in; it is told whose tokens it may believe."""
        for name, value in self._sign_in.items():
            function.add_environment(name, value)
        for route in routes:
            self._add(function, route, authorizer=self._signed_in)

    def _add(
        self,
        function: PythonFunction,
        route: str,
        *,
        authorizer: apigateway.IHttpRouteAuthorizer | None,
    ) -> list[apigateway.HttpRoute]:
        method, path = route.split(" ")
        return self._api.add_routes(
            path=path,
            methods=[HttpMethod[method]],
            authorizer=authorizer,
            integration=self._integration(function),
        )

    def _integration(self, function: PythonFunction) -> HttpLambdaIntegration:
        """Return the one integration of a function; each holds a permission, and room is scarce."""
        if function.name not in self._integrations:
            self._integrations[function.name] = HttpLambdaIntegration(
                function.name, function, scope_permission_to_route=False
            )
        return self._integrations[function.name]
