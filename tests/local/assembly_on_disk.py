"""Writes a small cloud assembly of two stacks, as a synthesis would."""

import json
from pathlib import Path
from typing import Any

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "headers": {"x-made-by": "%s"}, "body": json.dumps(event["rawPath"])}
"""


def data_template(**changes: Any) -> dict[str, Any]:
    table = {
        "Type": "AWS::DynamoDB::GlobalTable",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "owner", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "Replicas": [{"Region": {"Ref": "AWS::Region"}}],
            "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
    }
    bucket = {"Type": "AWS::S3::Bucket"}
    return {
        "Resources": {"Events": table, "Failures": bucket} | changes,
        "Outputs": {
            "Table": {"Value": {"Ref": "Events"}, "Export": {"Name": "data:table"}},
            "Stream": {
                "Value": {"Fn::GetAtt": ["Events", "StreamArn"]},
                "Export": {"Name": "data:stream"},
            },
            "Bucket": {
                "Value": {"Fn::GetAtt": ["Failures", "Arn"]},
                "Export": {"Name": "data:bucket"},
            },
        },
    }


def platform_template(code: str) -> dict[str, Any]:
    def a_function(handler: str) -> dict[str, Any]:
        return {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.14",
                "Handler": handler,
                "Role": "arn:aws:iam::000000000000:role/any",
                "Timeout": 10,
                "Environment": {"Variables": {"TABLE": {"Fn::ImportValue": "data:table"}}},
                "Code": {
                    "S3Bucket": {"Fn::Sub": BUCKET},
                    "S3Key": f"{code}.zip",
                },
            },
        }

    mapping = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Ref": "Fold"},
            "EventSourceArn": {"Fn::ImportValue": "data:stream"},
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 10,
            "MaximumBatchingWindowInSeconds": 60,
            "ParallelizationFactor": 2,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumRetryAttempts": 1,
            "MaximumRecordAgeInSeconds": 3600,
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]},
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::ImportValue": "data:bucket"}}},
        },
    }
    queued = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Ref": "Fold"},
            "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    }
    api = {
        "Type": "AWS::ApiGatewayV2::Api",
        "Properties": {
            "Name": "api",
            "ProtocolType": "HTTP",
            "CorsConfiguration": {
                "AllowOrigins": ["*"],
                "AllowMethods": ["POST", "GET"],
                "AllowHeaders": ["content-type"],
            },
        },
    }
    integration = {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {"Fn::GetAtt": ["Door", "Arn"]},
            "PayloadFormatVersion": "2.0",
        },
    }
    route = {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": {"Ref": "Api"},
            "RouteKey": "ANY /{proxy+}",
            "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
        },
    }
    stage = {
        "Type": "AWS::ApiGatewayV2::Stage",
        "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
    }
    return {
        "Resources": {
            "Fold": a_function("fold.handler"),
            "Door": a_function("door.handler"),
            "Mapping": mapping,
            "Queued": queued,
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
            "Api": api,
            "Integration": integration,
            "Route": route,
            "Stage": stage,
        },
        "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}, "Queue": {"Value": {"Ref": "Queue"}}},
    }


def write(folder: Path, *, fold: str, door: str = ECHO % "door", **data: Any) -> Path:
    """Write the assembly; the code's name changes with the code, as an asset's hash does."""
    code = f"code{hash((fold, door)) & 0xFFFFFF:06x}"
    source = folder / f"asset.{code}"
    source.mkdir(parents=True, exist_ok=True)
    (source / "fold.py").write_text(fold)
    (source / "door.py").write_text(door)
    templates = {"data": data_template(**data), "platform": platform_template(code)}
    for name, template in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template))
    target = {"bucketName": BUCKET, "objectKey": f"{code}.zip"}
    files = {
        code: {
            "source": {"path": source.name, "packaging": "zip"},
            "destinations": {"here": target},
        }
    }
    (folder / "platform.assets.json").write_text(json.dumps({"files": files}))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": _artifacts()}))
    return folder


def _artifacts() -> dict[str, Any]:
    return {
        "platform": {
            "type": "aws:cloudformation:stack",
            "dependencies": ["data", "platform.assets"],
            "properties": {"templateFile": "platform.template.json"},
        },
        "platform.assets": {
            "type": "cdk:asset-manifest",
            "properties": {"file": "platform.assets.json"},
        },
        "data": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "data.template.json"},
        },
    }
