"""
The certificate of a request that was met: what was done, what remains, and until when; signed by the workspace.

The signature is a keyed hash: it proves to this workspace that it issued the certificate and that nobody changed it
since. Others ask the workspace.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from regulars.domain.instants import DAY, to_text
from regulars.domain.privacy_requests import Request
from regulars.domain.register import remaining
from regulars.domain.remains import K

VERSION = 1
UNNAMED = 30  # days: how long an event stays in quarantine
Certificate = Mapping[str, Any]


def certify(request: Request, *, hash_key: bytes) -> Certificate:
    """Write and sign the certificate of a request that is done."""
    content = {
        "certificate": VERSION,
        "request": request.id,
        "kind": request.kind,
        "law": request.law,
        "reference": request.reference,
        "received_at": to_text(request.received),
        "due_at": to_text(request.due),
        "extended_at": to_text(request.extended) if request.extended else None,
        "extension": request.extension or None,
        "verified_at": to_text(request.verified),
        "verified_by": request.verified_by,
        "verified_how": request.proof,
        "suppressed_since": to_text(request.marked) if request.marked else None,
        "done_at": to_text(request.ended),
        "named": request.identifiers,
        "erased": request.erased,
        "set_aside": request.aside or None,
        "rounds": request.round,
        "removed": dict(request.found),
        "changed": list(request.changed),
        "found_by_the_last_round": dict(request.last),
        "remains": _remains(request) if request.erases else [],
        "counts": {**request.counted, "k": K} if request.kind == "anonymisation" else None,
    }
    return {**content, "signature": _sign(content, hash_key)}


def is_genuine(certificate: Certificate, hash_key: bytes) -> bool:
    """Say whether this workspace issued a certificate, and it is as it was."""
    said = certificate.get("signature")
    content = {name: value for name, value in certificate.items() if name != "signature"}
    return isinstance(said, str) and said.isascii() and compare_digest(said, _sign(content, hash_key))


def _remains(request: Request) -> list[dict[str, Any]]:
    ledger = {
        "place": "ledger",
        "what": "the keyed hash of each identifier, the request and the instant: so nothing of them is taken again",
        "until": None,
    }
    others = {
        "place": "events of others",
        "what": "what other people said of themselves, such as the same address, sealed with their keys",
        "until": None,
    }
    unnamed = {
        "place": "quarantine",
        "what": "refused events that name no identifier, so that nobody knows whose they are, sealed",
        "until": to_text(request.ended + UNNAMED * DAY),
    }
    ends = [
        {
            "place": place.name,
            "what": place.holds,
            "until": to_text(request.ended + place.days * DAY) if place.days else None,
        }
        for place in remaining()
    ]
    return [ledger, others, unnamed, *ends]


def _sign(content: Mapping[str, Any], hash_key: bytes) -> str:
    key = blake2b(b"certificates", key=hash_key, digest_size=32, person=b"certificate").digest()
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return blake2b(text.encode(), key=key, digest_size=32).hexdigest()
