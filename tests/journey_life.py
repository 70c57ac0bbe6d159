"""Journeys in a workspace in memory: written, published, and asked how they stand."""

from typing import Any

from regulars.stores.definitions import Definition, DefinitionStore
from tests.workspace import Answer, Workspace

GREETING: dict[str, Any] = {
    "enter": {"event": "Signed Up", "key": "site", "api": True},
    "steps": [{"wait": "1 day"}, {"send": {"channel": "email", "template": "hello", "purpose": "newsletter"}}],
}


_TEMPLATE = {"channel": "email", "subject": "Hello", "text": "Hello. No more letters: {{links.unsubscribe}}"}


def a_template(workspace: Workspace, id: str = "hello") -> None:
    """Let there be a template."""
    if workspace.world.catalog.get("template", id) is None:
        DefinitionStore(workspace.world.database).put(Definition(kind="template", id=id, content=_TEMPLATE))


def a_purpose(workspace: Workspace, **purposes: Any) -> None:
    """Let there be the purpose of a newsletter, and others."""
    put = workspace.put(
        "/v1/consent", {"definition": {"purposes": {"newsletter": {"channels": ["email"]}, **purposes}}}
    )
    assert put.status == 200, put.text


def write(workspace: Workspace, id: str = "greeting", **changes: Any) -> int:
    """Write a draft; give its version."""
    written = workspace.put(f"/v1/journeys/{id}", {"definition": {**GREETING, **changes}})
    assert written.status == 200, written.text
    version: int = written.content["version"]
    return version


def publish(workspace: Workspace, id: str = "greeting", role: str = "marketer", **changes: Any) -> Answer:
    """Write a draft and publish it."""
    draft = write(workspace, id, **changes)
    return workspace.ask("POST", f"/v1/journeys/{id}/publish", role, body={"draft": draft})


def a_workspace() -> Workspace:
    """A workspace in which a greeting can be published."""
    workspace = Workspace()
    a_purpose(workspace)
    a_template(workspace)
    return workspace


def states(workspace: Workspace, id: str = "greeting") -> list[tuple[int, str]]:
    """The versions of a journey and their states, the newest first."""
    found = workspace.get(f"/v1/journeys/{id}")
    assert found.status == 200, found.text
    return [(one["version"], one["state"]) for one in found.content["versions"]]
