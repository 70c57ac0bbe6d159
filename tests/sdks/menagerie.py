"""Every SDK that the door is tried with, and the modes of each."""

import sys
from collections.abc import Sequence
from typing import Any

from tests.sdks.networks import CALM, EVERYTHING, NETWORKS
from tests.sdks.sdk import Program, Script

_ALL, _SOME = tuple(NETWORKS), (CALM, EVERYTHING)
_BATCHING = {"strategy": "batching", "config": {"size": 10, "timeout": 100}}


def _node(package: str, program: str, *, usual: Sequence[str] = ()) -> Program:
    return Program(
        name=package,
        package=package,
        command=["node", f"programs/{program}.mjs"],
        options=[package],
        number=90,
        usual=usual,
    )


def _python(package: str, module: str, *options: str, is_patient: bool = False, **more: Any) -> Program:
    return Program(
        name=", ".join([package, *options]),
        package=package,
        command=[sys.executable, "programs/clients.py"],
        options=[module, *options],
        number=250,
        is_patient=is_patient,
        **more,
    )


def _segment(name: str, source: str, package: str, delivery: Any = None, **more: Any) -> Script:
    batching = delivery is _BATCHING
    options = {"integrations": {"Segment.io": {"deliveryStrategy": delivery or {"strategy": "standard"}}}}
    settings = {"from": source, "options": options}
    # A batch that is full anyway is sent at once, however long the one before was told to wait.
    return Script(
        name=name, package=package, page="segment", settings=settings, number=30, is_patient=not batching, **more
    )


def _rudderstack(name: str, options: Any, *, page: str = "rudderstack", **more: Any) -> Script:
    package = {"rudderstack": "@rudderstack/analytics-js", "rudderstack_2": "rudder-sdk-js"}[page]
    soon = {"minRetryDelay": 200, "maxRetryDelay": 1_000, "timerScaleFactor": 1}
    queue = {**soon, **options.get("queueOptions", {})}
    settings = {"options": {**options, "queueOptions": queue}}
    return Script(name=name, package=package, page=page, settings=settings, number=30, **more)


_NEXT = "@segment/analytics-next"
_RUDDER = "@rudderstack/analytics-js"
_CONSENT = {
    "enabled": True,
    "provider": "custom",
    "allowedConsentIds": ["C0002"],
    "deniedConsentIds": ["C0004"],
}
SERVERS = [
    _python("segment-analytics-python", "segment.analytics.client", is_patient=True, usual=_ALL),
    _python("segment-analytics-python", "segment.analytics.client", "gzip", is_patient=True, usual=_SOME),
    _python("analytics-python", "analytics.client", folder="analytics-python"),
    _python("rudder-sdk-python", "rudderstack.analytics.client", "gzip", folder="rudder-sdk-python"),
    _python("customerio-cdp-analytics", "customerio.analytics.client", folder="customerio-cdp-analytics"),
    _python(
        "customerio-cdp-analytics",
        "customerio.analytics.client",
        "gzip",
        folder="customerio-cdp-analytics",
        key="pk_eu_zoo",
    ),
    # Another batch that goes well ends the wait of the one that was told to: these are not patient.
    _node("@segment/analytics-node", "contexts", usual=_ALL),
    _node("@customerio/cdp-analytics-node", "contexts"),
    _node("analytics-node", "batches"),
    _node("@rudderstack/rudder-sdk-node", "batches", usual=_SOME),
]
BROWSERS = [
    _segment("our tag", "tag", _NEXT, usual=_ALL),
    _segment("our tag, batching", "tag", _NEXT, _BATCHING, usual=_ALL),
    _segment(_NEXT, "package", _NEXT),
    _segment(f"{_NEXT}, batching", "package", _NEXT, _BATCHING),
    _segment(f"{_NEXT}, keepalive", "package", _NEXT, {"strategy": "standard", "config": {"keepalive": True}}),
    _segment("@segment/snippet", "snippet", "@segment/snippet"),
    _segment("@segment/analytics-consent-tools", "consent", "@segment/analytics-consent-tools"),
    Script(name="@analytics/segment", package="@analytics/segment", page="getanalytics", number=30, is_patient=True),
    _rudderstack(_RUDDER, {}, usual=_SOME),
    _rudderstack(
        f"{_RUDDER}, batches", {"queueOptions": {"batch": {"enabled": True, "maxItems": 10, "flushInterval": 200}}}
    ),
    _rudderstack(
        f"{_RUDDER}, beacons",
        {"useBeacon": True, "beaconQueueOptions": {"maxItems": 5, "flushQueueInterval": 200}},
        tries_again=False,
    ),
    _rudderstack(f"{_RUDDER}, consent", {"consentManagement": _CONSENT}),
    _rudderstack("rudder-sdk-js", {}, page="rudderstack_2"),
    _rudderstack(
        "rudder-sdk-js, beacons",
        {"useBeacon": True, "beaconQueueOptions": {"maxItems": 5, "flushQueueInterval": 200}},
        page="rudderstack_2",
        tries_again=False,
    ),
    Script(name="@jitsu/js", package="@jitsu/js", page="jitsu", number=30, tries_again=False),
]
