"""
Send with an SDK that descends from Segment's for Python, as a program does: its module is named on the command line.

Prints what was sent, and what the SDK says was not delivered.
"""

import json
import sys
from importlib import import_module
from typing import Any

host, write_key, number, module = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
zipped = "gzip" in sys.argv[5:]
Client = import_module(module).Client  # it has no types
failed: list[str] = []


def note(_error: object, batch: list[dict[str, Any]]) -> None:
    """Note what was given up."""
    failed.extend(message["messageId"] for message in batch)


client = Client(write_key, host=host, gzip=zipped, on_error=note, upload_interval=0.1, max_queue_size=100_000)


def call(index: int) -> str:
    """Make one call of each sort in turn; say under which id."""
    person = f"python-{index % 10}"
    match index % 5:
        case 0:
            accepted, message = client.track(person, "Product Viewed", {"price": index, "title": "Straße 👋"})
        case 1:
            accepted, message = client.identify(person, {"plan": "gold", "email": f"{person}@example.com"})
        case 2:
            accepted, message = client.page(anonymous_id=person, category="Shop", name="Home")
        case 3:
            accepted, message = client.group(person, "company-1", {"name": "Company"})
        case _:
            accepted, message = client.alias(f"old-{person}", person)
    assert accepted
    return str(message["messageId"])


sent = [call(index) for index in range(number)]
client.flush()
client.join()
sys.stdout.write(json.dumps({"sent": sent, "failed": failed}))
