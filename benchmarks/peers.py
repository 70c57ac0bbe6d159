"""What ours is compared with: the handler that most would write with the same packages, and a floor below it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from botocore.config import Config
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from benchmarks.canned import Canned

Request = Mapping[str, Any]


class Context:
    """The context that Powertools asks of an invocation."""

    function_name = "benchmark"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:benchmark"
    aws_request_id = "1"


class EventModel(Model):
    """An event as a peer stores it: its keys, and the rest as one JSON text."""

    class Meta:
        table_name = "events"
        region = "eu-west-1"

    owner = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()
    name = UnicodeAttribute()
    payload = UnicodeAttribute()


def powertools_and_pynamodb(canned: Canned) -> Callable[[Request], object]:
    """Make the peer: Powertools' resolver, json, and PynamoDB's batch of models; it checks and seals nothing."""
    canned.listen(EventModel._get_connection().connection.client)
    app = APIGatewayHttpResolver()

    @app.post("/v1/batch")
    def store() -> dict[str, bool]:
        with EventModel.batch_write() as batch:
            for call in app.current_event.json_body["batch"]:
                fields: dict[str, Any] = _fields(call)
                batch.save(EventModel(**fields))
        return {"success": True}

    return lambda request: app.resolve(dict(request), Context())  # type: ignore[arg-type]  # no more of it is read  # all that it reads


def json_and_boto3(canned: Canned) -> Callable[[Request], object]:
    """Make the floor: a look-up of the path, json, and one unconditional BatchWriteItem of a client that trusts us."""
    client = boto3.client("dynamodb", config=Config(parameter_validation=False))
    canned.listen(client)

    def store(request: Request) -> dict[str, object]:
        calls = json.loads(request["body"])["batch"]
        items = ({name: {"S": value} for name, value in _fields(call).items()} for call in calls)
        client.batch_write_item(RequestItems={"events": [{"PutRequest": {"Item": item}} for item in items]})
        return {"statusCode": 200, "body": '{"success":true}'}

    routes = {"/v1/batch": store}
    return lambda request: routes[request["rawPath"]](request)


def read_records(event: Request) -> object:
    """Read every record of a batch with Powertools, and do nothing with it: the floor of a stream function there."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
    return process_partial_response(dict(event), _read, processor, Context())  # type: ignore[arg-type]  # no more of it is read


def _read(record: DynamoDBRecord) -> object:
    return record.dynamodb and record.dynamodb.new_image


def _fields(call: Mapping[str, Any]) -> dict[str, str]:
    payload = {"properties": call["properties"], "context": call["context"]}
    return {
        "owner": call["userId"],
        "moment": f"{call['timestamp']}#{call['messageId']}",
        "type": call["type"],
        "name": call["event"],
        "payload": json.dumps(payload, separators=(",", ":")),
    }
