"""Deploys a cloud assembly through CloudFormation, without the CDK's program and its bootstrap."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.platform.assembly import Assembly, Template
from local.platform.clients import ACCOUNT, Clients
from local.platform.emulator import REGION
from local.platform.errors import PlatformError

BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
DIGEST = "regulars:template"  # the tag by which a stack tells what it was made from
WITHIN = 300.0
FRESH = "FRESH=1 make dev starts with empty state"
TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
HTTP_API = "AWS::ApiGatewayV2::Api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A deployed stack: its template, and what became of it."""

    template: Template
    outputs: dict[str, str]
    physical: dict[str, str]

    def found(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the physical id and the properties of each resource of these types."""
        resources = self.template.resources(*kinds).items()
        return [(self.physical[name], given) for name, given in resources if name in self.physical]

    def named(self, *kinds: str) -> dict[str, str]:
        """Return the physical id of each resource of these types, by the name that `infra/` gives it."""
        logical = self.template.names(*kinds).items()
        return {name: self.physical[one] for name, one in logical if one in self.physical}


class Deployment:
    """Brings the stacks of an assembly into one emulator."""

    def __init__(self, assembly: Assembly, clients: Clients) -> None:
        self._assembly, self._clients = assembly, clients
        self._formation = clients.of("cloudformation")

    def is_due(self) -> bool:
        """Tell whether a stack is missing or was made from another template."""
        return any(self._digest(one.stack) != one.digest() for one in self._assembly.templates())

    def _digest(self, name: str) -> str | None:
        described = self._described(name)
        if described is None or not described["StackStatus"].endswith("_COMPLETE"):
            return None
        tags = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
        return tags.get(DIGEST)

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            described: dict[str, Any] = self._formation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return described if described["StackStatus"] != "DELETE_COMPLETE" else None

    def run(self) -> list[Stack]:
        """Upload the assets, then create or update each stack that is not as its template says.

        Raises:
            PlatformError: a stack could not be made.
        """
        self._upload()
        templates = self._assembly.templates()
        for template in templates:
            if self._digest(template.stack) != template.digest():
                self._put(template)
        stacks = self.stacks()
        for stack in stacks:
            _apply_what_was_dropped(stack, self._clients)
        return stacks

    def stacks(self) -> list[Stack]:
        """Return the stacks as they are deployed."""
        return [self._stack(template) for template in self._assembly.templates()]

    def _upload(self) -> None:
        self._clients.of("ssm").put_parameter(Name=BOOTSTRAP_VERSION, Value="30", Type="String", Overwrite=True)
        storage = self._clients.of("s3")
        for asset in self._assembly.assets(ACCOUNT, REGION):
            _make_bucket(storage, asset.bucket)
            storage.put_object(Bucket=asset.bucket, Key=asset.key, Body=asset.body())

    def _put(self, template: Template) -> None:
        old = self._described(template.stack)
        put = self._formation.update_stack if old else self._formation.create_stack
        bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        storage = self._clients.of("s3")
        _make_bucket(storage, bucket)
        storage.put_object(Bucket=bucket, Key=f"{template.stack}.json", Body=template.text.encode())
        try:
            put(
                StackName=template.stack,
                TemplateURL=f"{self._clients.endpoint}/{bucket}/{template.stack}.json",
                Capabilities=CAPABILITIES,
                Tags=[{"Key": DIGEST, "Value": template.digest()}],
            )
        except ClientError as error:
            raise PlatformError(f"{template.stack} is refused: {error}", cure=FRESH) from error
        self._wait(template.stack)

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            described = self._described(name) or {"StackStatus": "GONE"}
            if described["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
                return
            if not described["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.1)
        raise PlatformError(f"{name} could not be made:\n{self._complaints(name)}", cure=FRESH)

    def _complaints(self, name: str) -> str:
        events = self._formation.describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(
            f"    {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if "FAILED" in event["ResourceStatus"]
        )

    def _stack(self, template: Template) -> Stack:
        described = self._described(template.stack) or {}
        pages = self._formation.get_paginator("list_stack_resources")
        listed = pages.paginate(StackName=template.stack)
        resources = [one for page in listed for one in page["StackResourceSummaries"]]
        return Stack(
            template=template,
            outputs={out["OutputKey"]: out["OutputValue"] for out in described.get("Outputs", [])},
            physical={
                one["LogicalResourceId"]: one["PhysicalResourceId"]
                for one in resources
                if one.get("PhysicalResourceId")
            },
        )


def _make_bucket(storage: Any, bucket: str) -> None:
    try:
        storage.head_bucket(Bucket=bucket)
    except ClientError:
        storage.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})


def _apply_what_was_dropped(stack: Stack, clients: Clients) -> None:
    """Set what the emulator's CloudFormation accepts and forgets, from the same template."""
    for table, properties in stack.found(*TABLES):
        if expiry := properties.get("TimeToLiveSpecification"):
            _expire(clients.of("dynamodb"), table, expiry)
    for api, properties in stack.found(HTTP_API):
        if cors := properties.get("CorsConfiguration"):
            clients.of("apigatewayv2").update_api(ApiId=api, CorsConfiguration=cors)


def _expire(dynamodb: Any, table: str, expiry: dict[str, Any]) -> None:
    status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if status["TimeToLiveStatus"] == "DISABLED" and expiry.get("Enabled"):
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
