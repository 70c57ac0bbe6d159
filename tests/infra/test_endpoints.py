"""The layer's list of endpoints is short, and says of the services that functions call what the whole one says."""

import json
from pathlib import Path
from typing import Any

import botocore
from botocore.regions import EndpointResolver

from infra.layers import SERVICES, only_called

WHOLE = (Path(botocore.__file__).parent / "data" / "endpoints.json").read_text()


def _resolved(content: dict[str, Any]) -> dict[tuple[str, str], Any]:
    resolver = EndpointResolver(content)
    regions = [region for partition in content["partitions"] for region in partition["regions"]]
    return {(name, region): resolver.construct_endpoint(name, region) for name in SERVICES for region in regions}


def test_a_service_is_where_it_was_in_every_region() -> None:
    resolved = _resolved(json.loads(only_called(WHOLE)))

    assert resolved == _resolved(json.loads(WHOLE))
    assert resolved["dynamodb", "eu-west-1"]["hostname"] == "dynamodb.eu-west-1.amazonaws.com"


def test_it_is_short() -> None:
    assert len(only_called(WHOLE)) < len(WHOLE) / 20
