"""People in a segment, and exports of them, asked for as the gateway asks."""

import csv
import io
import json
from typing import Any

from tests.workspace import Answer, Workspace

EXPORTS = "/v1/exports"
PURPOSES = {
    "newsletter": {"channels": ["email", "sms"]},
    "orders": {"basis": "contract"},
}
RULES = {"approve_above": 4, "approve_personal_above": 2, "a_day": 10}


def a_shop(people: int = 3, **rules: int) -> Workspace:
    """A workspace with so many people in the segment `buyers`, each with a personal trait and one in clear."""
    workspace = Workspace()
    workspace.put("/v1/segments/buyers", {"definition": {"where": {"event": "Order Completed"}}})
    workspace.put("/v1/consent", {"definition": {"purposes": PURPOSES}})
    workspace.put("/v1/workspace", {"definition": {"exports": {**RULES, **rules}}})
    for number in range(people):
        add(workspace, f"u-{number}", email=f"c4n4ry-{number}@shop.example", plan="gold")
    return workspace


def add(workspace: Workspace, user: str, **traits: object) -> None:
    """Let somebody be in the segment."""
    workspace.send(
        {"type": "identify", "userId": user, "traits": traits},
        {"type": "track", "userId": user, "event": "Order Completed", "properties": {}},
    )


def claims(who: str, *groups: str) -> dict[str, Any]:
    """Claims of somebody in these groups."""
    return {"token_use": "access", "sub": who, "cognito:groups": f"[{' '.join(groups)}]"}


def create(workspace: Workspace, who: str = "mia", *groups: str, **changes: Any) -> Answer:
    """Ask for an export, as a marketer unless `groups` say otherwise."""
    body = {"segment": "buyers", "purpose": "orders", "traits": ["plan"], "reason": "letter", **changes}
    body = {name: value for name, value in body.items() if value is not None}
    return workspace.ask("POST", EXPORTS, body=body, claims=claims(who, *(groups or ("marketer",))))


def post(workspace: Workspace, id: str, verb: str, who: str, *groups: str, body: object = None) -> Answer:
    """Do something with an export."""
    return workspace.ask("POST", f"{EXPORTS}/{id}/{verb}", body=body, claims=claims(who, *groups))


def approve(workspace: Workspace, export: dict[str, Any], who: str = "ada", *groups: str) -> Answer:
    """Agree to an export as it was read."""
    body = {"print": export["print"]}
    return post(workspace, export["id"], "approve", who, *(groups or ("admin",)), body=body)


def get(workspace: Workspace, id: str, who: str = "mia", *groups: str) -> Answer:
    """Read an export."""
    return workspace.ask("GET", f"{EXPORTS}/{id}", claims=claims(who, *(groups or ("marketer",))))


def link(workspace: Workspace, id: str, who: str = "mia", *groups: str) -> Answer:
    """Ask for the file."""
    return post(workspace, id, "link", who, *(groups or ("marketer",)))


def file_of(workspace: Workspace, linked: Answer) -> bytes:
    """Take the file from where a link leads."""
    assert linked.status == 200, linked.text
    return workspace.files.held[linked.content["url"].removeprefix("memory://").partition("?")[0]]


def rows_of(content: bytes) -> list[dict[str, Any]]:
    """Read the rows of a file of JSON Lines, without its first line."""
    return [json.loads(line) for line in content.decode().splitlines()[1:]]


def cells_of(content: bytes) -> list[list[str]]:
    """Read the cells of a CSV."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def made(workspace: Workspace, who: str = "mia", *groups: str, **changes: Any) -> bytes:
    """Ask for an export, let it be made, and take the file."""
    taken = create(workspace, who, *groups, **changes)
    assert taken.status == 200, taken.text
    if taken.content["state"] == "waiting":
        assert approve(workspace, taken.content).status == 200
    workspace.exporting.finish()
    return file_of(workspace, link(workspace, taken.content["id"], who, *groups))
