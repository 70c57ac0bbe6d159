"""The keys of a source: minted as its definition lists them, exchanged with an overlap, ended, and told once."""

from typing import Any

import pytest

from regulars.domain.instants import DAY, to_text
from regulars.domain.write_keys import key_print
from regulars.pipeline.sources import Sources
from tests.workspace import Workspace

HOUR = DAY // 24
TWO = {"name": "Web", "keys": [{"label": "web"}, {"label": "backend", "kind": "server"}]}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def define(workspace: Workspace, definition: dict[str, Any], source: str = "web") -> dict[str, str]:
    """Write a source; give the keys that were minted, by label."""
    answer = workspace.put(f"/v1/sources/{source}", {"definition": definition})
    assert answer.status == 200, answer.text
    return {key["label"]: key["key"] for key in answer.content["keys"]}


def ask(workspace: Workspace, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Ask about the keys of `web`; the answer has to be good."""
    answer = workspace.ask(method, f"/v1/sources/web/keys{path}", "engineer", body=body)
    assert answer.status == 200, answer.text
    content: dict[str, Any] = answer.content
    return content


def listed(workspace: Workspace) -> list[dict[str, Any]]:
    """The keys of `web`."""
    keys: list[dict[str, Any]] = ask(workspace, "GET", "")["keys"]
    return keys


def end_of(workspace: Workspace, key: str) -> str | None:
    """When a key of `web` ends."""
    [end] = [each["ends_at"] for each in listed(workspace) if each["print"] == key_print(key)]
    return end  # type: ignore[no-any-return]  # of JSON


def leads_to(workspace: Workspace, key: str) -> str | None:
    """The source and the label of a key, as a door sees it that has just begun."""
    source = Sources(workspace.world.database, workspace.world.clock).find(key)
    return f"{source.id}.{source.key.label}" if source else None


def test_a_source_gets_the_keys_that_it_lists_and_each_once(workspace: Workspace) -> None:
    first = define(workspace, {"name": "Web"})
    again = define(workspace, {"name": "Site"})
    more = define(workspace, {"name": "Site", "keys": [{"label": "default"}, {"label": "app"}]})

    assert (list(first), again, list(more)) == (["default"], {}, ["app"])
    assert (leads_to(workspace, first["default"]), leads_to(workspace, more["app"])) == ("web.default", "web.app")


def test_a_public_key_can_be_read_again_and_a_secret_is_kept_by_nobody(workspace: Workspace) -> None:
    keys = define(workspace, TWO)

    assert [(key["label"], key["kind"], key["key"], key["print"]) for key in listed(workspace)] == [
        ("web", "public", keys["web"], key_print(keys["web"])),
        ("backend", "server", None, key_print(keys["backend"])),
    ]
    assert (keys["web"][:3], keys["backend"][:3]) == ("wk_", "sk_")
    assert keys["backend"] not in str(workspace.world.database.all("catalog"))


def test_a_key_ends_with_the_label_that_lists_it_and_comes_back_with_it(workspace: Workspace) -> None:
    key = define(workspace, TWO)["backend"]
    define(workspace, {"name": "Web", "keys": [{"label": "web"}]})
    gone = leads_to(workspace, key)
    minted = define(workspace, TWO)

    assert (gone, leads_to(workspace, key), minted) == (None, "web.backend", {})


def test_what_was_public_is_never_believed_as_a_secret(workspace: Workspace) -> None:
    public = define(workspace, {"name": "Web", "keys": [{"label": "web"}]})["web"]
    server = define(workspace, {"name": "Web", "keys": [{"label": "web", "kind": "server"}]})["web"]

    assert (leads_to(workspace, public), leads_to(workspace, server)) == (None, "web.web")


def test_another_key_leaves_those_that_are_there(workspace: Workspace) -> None:
    first = define(workspace, TWO)["backend"]
    second = ask(workspace, "POST", "", {"label": "backend"})

    assert second["kind"] == "server"
    assert [leads_to(workspace, key) for key in (first, second["key"])] == ["web.backend", "web.backend"]


def test_an_exchanged_key_works_until_the_overlap_is_over(workspace: Workspace) -> None:
    old = define(workspace, TWO)["backend"]
    new = ask(workspace, "POST", "/rotate", {"label": "backend", "overlap": "2 hours"})["key"]
    ends = workspace.world.clock.now + 2 * HOUR

    assert (end_of(workspace, old), end_of(workspace, new)) == (to_text(ends), None)
    workspace.world.clock.advance_to(ends - 1)
    assert (leads_to(workspace, old), leads_to(workspace, new)) == ("web.backend", "web.backend")
    workspace.world.clock.advance_to(ends)
    assert (leads_to(workspace, old), leads_to(workspace, new)) == (None, "web.backend")


def test_a_door_that_holds_a_key_knows_to_the_second_when_it_ends(workspace: Workspace) -> None:
    old = define(workspace, TWO)["web"]
    ask(workspace, "POST", "/rotate", {"label": "web", "overlap": "30 seconds"})
    door = Sources(workspace.world.database, workspace.world.clock)
    now = workspace.world.clock.now

    assert door.find(old) is not None
    workspace.world.clock.advance_to(now + 30_000_000)
    assert door.find(old) is None
    assert door.find(old, received=now) is not None  # what came before, and was kept until now


def test_a_second_exchange_keeps_no_key_longer_and_clears_what_has_ended(workspace: Workspace) -> None:
    first = define(workspace, TWO)["backend"]
    ask(workspace, "POST", "/rotate", {"label": "backend", "overlap": "1 hour"})
    end = end_of(workspace, first)
    ask(workspace, "POST", "/rotate", {"label": "backend", "overlap": "7 days"})

    assert end_of(workspace, first) == end
    workspace.world.clock.advance_to(workspace.world.clock.now + DAY)
    ask(workspace, "POST", "/rotate", {"label": "backend", "overlap": "0 seconds"})
    assert sorted(key["label"] for key in listed(workspace)) == ["backend", "backend", "backend", "web"]


def test_a_revoked_key_is_gone(workspace: Workspace) -> None:
    key = define(workspace, TWO)["web"]
    other = workspace.ask("DELETE", f"/v1/sources/other/keys/{key_print(key)}")
    ask(workspace, "DELETE", f"/{key_print(key)}")

    assert (other.status, leads_to(workspace, key)) == (404, None)


def test_a_deleted_source_takes_its_keys_along(workspace: Workspace) -> None:
    key, other = define(workspace, {})["default"], define(workspace, {}, "app")["default"]
    workspace.ask("DELETE", "/v1/sources/web")

    assert (leads_to(workspace, key), leads_to(workspace, other)) == (None, "app.default")


def test_tells_the_day_on_which_a_key_was_used_last(workspace: Workspace) -> None:
    key = define(workspace, {})["default"]
    door = Sources(workspace.world.database, workspace.world.clock)
    before = listed(workspace)[0]["used_on"]
    door.of([key])
    first = listed(workspace)[0]["used_on"]
    workspace.world.clock.advance_to(workspace.world.clock.now + DAY)
    door.of([key])

    assert (before, first) == (None, to_text(workspace.world.clock.now - DAY)[:10])
    assert listed(workspace)[0]["used_on"] == to_text(workspace.world.clock.now)[:10]


def test_the_use_of_a_key_is_written_once_a_day_whoever_uses_it(workspace: Workspace) -> None:
    key = define(workspace, {})["default"]
    doors = [Sources(workspace.world.database, workspace.world.clock) for _ in range(5)]
    before = workspace.world.database.bill.writes.total()
    for door in doors * 20:
        door.of([key])

    assert workspace.world.database.bill.writes.total() - before == 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("", {"label": "app"}, "it has web, backend"),
        ("", {"label": "signing"}, "it has web, backend"),
        ("", {}, "label is that of a key"),
        ("", {"label": "web", "kind": "server"}, "the body takes label, and nothing else"),
        ("/rotate", {"label": "web", "overlap": "1 month"}, "overlap is a number and a unit"),
        ("/rotate", {"label": "web", "overlap": "91 days"}, "at most 90 days"),
        ("/rotate", {"label": "web", "overlap": 24}, "overlap is a number and a unit"),
    ],
)
def test_says_what_is_wrong_with_a_wish(workspace: Workspace, path: str, body: object, words: str) -> None:
    define(workspace, TWO)
    answer = workspace.ask("POST", f"/v1/sources/web/keys{path}", body=body)

    assert answer.status == 400
    assert words in answer.content["message"]


def test_a_source_keeps_so_many_keys_and_no_more(workspace: Workspace) -> None:
    define(workspace, TWO)
    statuses = [workspace.ask("POST", "/v1/sources/web/keys", body={"label": "web"}).status for _ in range(30)]

    assert statuses == [200] * 28 + [400] * 2


@pytest.mark.parametrize("path", ["/v1/sources/none/keys"])
def test_no_source_has_no_keys(workspace: Workspace, path: str) -> None:
    assert workspace.ask("GET", path).status == workspace.ask("POST", path, body={"label": "web"}).status == 404


def test_a_signing_secret_is_minted_where_it_is_asked_for_and_sealed(workspace: Workspace) -> None:
    signed = {"name": "Web", "signed_user_ids": {"required": True}}
    keys = define(workspace, signed)
    secret = keys["signing"]
    rows = str(workspace.world.database.all("catalog"))

    assert secret.startswith("ss_")
    assert secret not in rows
    assert leads_to(workspace, secret) is None  # it sends nothing
    assert [(key["label"], key["key"]) for key in listed(workspace)] == [
        ("default", keys["default"]),
        ("signing", None),
    ]
    assert ask(workspace, "POST", "/rotate", {"label": "signing"})["kind"] == "signing"
    assert define(workspace, signed) == {}
