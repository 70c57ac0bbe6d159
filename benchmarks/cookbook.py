"""
The door that a competent team would write from the documentation of the same packages: checked by pydantic models
through Powertools' resolver, saved by PynamoDB's models in batches, with its structured logs and metrics.

It does not know repeats, quarantine, identities, plans, consent or quotas, and stores everything in clear.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Self

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, Field, model_validator
from pynamodb.attributes import JSONAttribute, MapAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.models import Model

from benchmarks.canned import Canned
from benchmarks.peers import Context, Request

logger = Logger()
metrics = Metrics(namespace="Cookbook")


class Call(BaseModel):
    """A call of the Segment spec, as far as types say it."""

    type: Literal["track", "identify", "page", "screen", "group", "alias"]
    event: str | None = Field(default=None, max_length=200)
    userId: str | None = None  # noqa: N815 - as it stands on the wire
    anonymousId: str | None = None  # noqa: N815 - as it stands on the wire
    messageId: str = Field(min_length=1, max_length=100)  # noqa: N815 - as it stands on the wire
    timestamp: datetime
    properties: dict[str, Any] = Field(default_factory=dict)
    traits: dict[str, Any] = Field(default_factory=dict)
    context: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def names_somebody(self) -> Self:
        """Make sure that it names somebody."""
        if not self.userId and not self.anonymousId:
            raise ValueError("a call needs a userId or an anonymousId")
        return self


class Batch(BaseModel):
    """The body of a request."""

    batch: list[Call] = Field(max_length=2_500)
    sentAt: datetime | None = None  # noqa: N815 - as it stands on the wire


class Receipt(BaseModel):
    """The answer to a request."""

    success: bool
    accepted: int


class EventModel(Model):
    """An event as it is stored."""

    class Meta:
        table_name = "events"
        region = "eu-west-1"

    owner = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    anonymous_id = UnicodeAttribute(null=True)
    at = UTCDateTimeAttribute()
    received_at = UTCDateTimeAttribute()
    properties = JSONAttribute()
    traits = JSONAttribute()
    context = JSONAttribute()


class MappedEventModel(EventModel):
    """The same with its nested fields as maps, which DynamoDB could be asked about."""

    class Meta:
        table_name = "events"
        region = "eu-west-1"

    properties = MapAttribute()  # type: ignore[no-untyped-call]  # another way to keep the same
    traits = MapAttribute()  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    context = MapAttribute()  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped


def cookbook(canned: Canned, model: type[EventModel] = EventModel) -> Callable[[Request], object]:
    """Make the peer."""
    canned.listen(model._get_connection().connection.client)
    app = APIGatewayHttpResolver(enable_validation=True)

    @app.post("/v1/batch")
    def store(body: Batch) -> Receipt:
        received = datetime.now(UTC)
        with model.batch_write() as batch:
            for call in body.batch:
                batch.save(_to_model(model, call, received))
        metrics.add_metric(name="EventsAccepted", unit=MetricUnit.Count, value=len(body.batch))
        return Receipt(success=True, accepted=len(body.batch))

    @logger.inject_lambda_context
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Context) -> Mapping[str, Any]:
        return app.resolve(event, context)  # type: ignore[arg-type]  # all that it reads

    def work(request: Request) -> object:
        answer = handler(dict(request), Context())
        assert answer["statusCode"] == 200, answer
        return answer

    return work


def _to_model(model: type[EventModel], call: Call, received: datetime) -> EventModel:
    return model(
        owner=call.userId or call.anonymousId,
        moment=f"{call.timestamp.isoformat()}#{call.messageId}",
        type=call.type,
        name=call.event,
        user_id=call.userId,
        anonymous_id=call.anonymousId,
        at=call.timestamp,
        received_at=received,
        properties=call.properties,
        traits=call.traits,
        context=call.context,
    )
