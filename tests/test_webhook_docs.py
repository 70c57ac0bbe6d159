"""What docs/webhooks.md shows to those who are called does what it says, in both languages."""

import hmac
import json
import re
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from regulars.domain.webhooks import key_of, new_secret

PAGE = (Path(__file__).parents[1] / "docs/webhooks.md").read_text()
SECRET, OTHER = new_secret("a" * 24), new_secret("b" * 24)
BODY = '{"person": "Zoë", "journey": "cart"}'


def signature(secret: str, at: int, body: str = BODY) -> str:
    """Sign as Standard Webhooks has it."""
    return "v1," + b64encode(hmac.digest(key_of(secret), f"msg-1.{at}.{body}".encode(), "sha256")).decode()


def headers(at: int, *signatures: str) -> dict[str, str]:
    """The headers of a call."""
    return {"webhook-id": "msg-1", "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}


def block(language: str) -> str:
    """What the page shows in a language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(found)


def by_python(given: dict[str, str]) -> bool:
    room: dict[str, Any] = {}
    exec(block("python"), room)
    return bool(room["is_ours"](SECRET, given, BODY.encode()))


def by_node(given: dict[str, str]) -> bool:
    asked = f"console.log(isOurs({json.dumps(SECRET)}, {json.dumps(given)}, {json.dumps(BODY)}))"
    done = subprocess.run(["node", "-e", block("javascript") + asked], capture_output=True, text=True, check=True)
    return done.stdout.strip() == "true"


@pytest.mark.parametrize("check", [by_python, by_node], ids=["python", "node"])
def test_a_call_is_known_by_its_signature(check: Any) -> None:
    now = int(time.time())

    assert check(headers(now, signature(SECRET, now)))
    assert check(headers(now, signature(OTHER, now), signature(SECRET, now)))
    assert not check(headers(now, signature(OTHER, now)))
    assert not check(headers(now, signature(SECRET, now, BODY + " ")))
    assert not check(headers(now - 301, signature(SECRET, now - 301)))
    assert not check(headers(now, "", "v1,", "v2," + signature(SECRET, now)))
