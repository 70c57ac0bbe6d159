"""What the canned catalog defines: the least that a door needs, or all that it can be asked to do."""

from collections.abc import Mapping
from typing import Any

import yaml

from benchmarks.instructions import ROOT
from benchmarks.units import SHOPPING

Definitions = Mapping[str, Mapping[str, Any]]  # by kind; a write key has one whatever its id

_PRODUCT = {
    "type": "object",
    "properties": {
        "sku": {"type": "string", "maxLength": 40},
        "name": {"type": "string"},
        "price": {"type": "number", "minimum": 0},
        "quantity": {"type": "integer", "minimum": 1},
        "category": {"type": "string"},
    },
    "required": ["sku"],
}
_SHOPPING = {
    "properties": {
        "order_id": {"type": "string", "minLength": 1, "maxLength": 100},
        "revenue": {"type": "number"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "coupon": {"type": ["string", "null"], "x-privacy": "personal"},
        "products": {"type": "array", "maxItems": 500, "items": _PRODUCT},
    },
    "required": ["order_id", "revenue", "currency"],
    "additionalProperties": False,
}
CONSENT = {"consent": {"categoryPreferences": {"analytics": True, "advertising": False}}}  # in each call's context


def least() -> Definitions:
    """Define a source without settings, and the identity rules."""
    rules = yaml.safe_load((ROOT / "catalog" / "identity.yaml").read_text())
    return {"write_key": {"*": {"source": "web"}}, "identity": {"rules": rules}}


def everything() -> Definitions:
    """Define consent purposes of the source, and a tracking plan that judges every event; quotas hold by default."""
    source = {
        "name": "Shop",
        "consent": {"analytics": {}, "advertising": {"strip": ["context.campaign"]}},
        "unplanned": "quarantine",
    }
    names = {name.lower().replace(" ", "_"): name for name in SHOPPING}
    plan = {id: {"event": name, "mode": "quarantine", "properties": _SHOPPING} for id, name in names.items()}
    return {**least(), "source": {"web": source}, "tracking_plan": plan}
