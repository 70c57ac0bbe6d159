"""Webhooks and their secrets: made by the platform, told once, kept sealed, changed with two that hold for a day."""

from typing import Any

import pytest

from regulars.domain.instants import DAY, to_text
from regulars.domain.webhooks import key_of, secret_print
from regulars.pipeline.webhook_secrets import SigningKeys
from tests.workspace import Answer, Workspace

COUPONS = {"url": "https://api.shop.example/coupons"}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def define(workspace: Workspace, id: str = "coupons", **fields: Any) -> str:
    """Write a webhook; give its new secret, or nothing."""
    answer = workspace.put(f"/v1/webhooks/{id}", {"definition": {**COUPONS, **fields}})
    assert answer.status == 200, answer.text
    minted = answer.content["secret"]
    return str(minted["secret"]) if minted else ""


def rotate(workspace: Workspace, role: str = "admin") -> Answer:
    """Have the secret changed."""
    return workspace.ask("POST", "/v1/webhooks/coupons/secrets", role)


def signs_with(workspace: Workspace, id: str = "coupons") -> list[bytes]:
    """What calls are signed with."""
    return list(SigningKeys(workspace.world.database, workspace.sealer, workspace.world.clock).signing_secrets(id))


def listed(workspace: Workspace) -> list[dict[str, Any]]:
    """The secrets, as they are listed."""
    found: list[dict[str, Any]] = workspace.get("/v1/webhooks/coupons/secrets", "engineer").content["secrets"]
    return found


def test_the_first_secret_is_made_with_the_webhook_and_told_once(workspace: Workspace) -> None:
    secret = define(workspace)

    assert secret.startswith("whsec_")
    assert 24 <= len(key_of(secret)) <= 64
    assert define(workspace) == define(workspace, timeout="2 seconds") == ""
    assert signs_with(workspace) == [key_of(secret)]
    assert listed(workspace) == [
        {"print": secret_print(secret), "minted_at": to_text(workspace.world.clock.now), "ends_at": None}
    ]


def test_a_secret_is_kept_sealed_and_bound_to_its_webhook(workspace: Workspace) -> None:
    secret = define(workspace)
    define(workspace, "desk")
    database = workspace.world.database

    assert not any(secret in str(item) or key_of(secret) in str(item).encode() for item in database.all("catalog"))
    rows = {str(item["content"]) for item in database.all("catalog") if item["kind"] == "webhook_secret"}
    assert len(rows) == 2
    assert len(signs_with(workspace, "desk")) == 1
    assert signs_with(workspace, "desk") != signs_with(workspace)


def test_two_secrets_hold_for_a_day(workspace: Workspace) -> None:
    first = define(workspace)
    workspace.world.clock.now += DAY
    second = rotate(workspace).content["secret"]

    assert signs_with(workspace) == [key_of(second), key_of(first)]
    assert [one["ends_at"] for one in listed(workspace)] == [None, to_text(workspace.world.clock.now + DAY)]
    workspace.world.clock.now += DAY
    assert signs_with(workspace) == [key_of(second)]
    third = rotate(workspace).content["secret"]
    assert signs_with(workspace) == [key_of(third), key_of(second)]
    assert len(listed(workspace)) == 2


def test_a_secret_that_ends_already_is_not_given_a_longer_life(workspace: Workspace) -> None:
    define(workspace)
    workspace.world.clock.now += 1
    rotate(workspace)
    ends = {one["ends_at"] for one in listed(workspace)}
    workspace.world.clock.now += DAY // 2
    rotate(workspace)

    assert ends <= {one["ends_at"] for one in listed(workspace)}


def test_secrets_are_bounded(workspace: Workspace) -> None:
    define(workspace)
    statuses = []
    for _ in range(11):
        workspace.world.clock.now += 1
        statuses.append(rotate(workspace).status)

    assert statuses == [200] * 9 + [400] * 2
    assert len(signs_with(workspace)) == 10


def test_a_revoked_secret_signs_nothing(workspace: Workspace) -> None:
    secret = define(workspace)
    path = f"/v1/webhooks/coupons/secrets/{secret_print(secret)}"

    assert workspace.ask("DELETE", path).status == 200
    assert workspace.ask("DELETE", path).status == 404
    assert signs_with(workspace) == []
    assert define(workspace).startswith("whsec_")  # whoever writes it again gets a new one


def test_a_deleted_webhook_leaves_no_secret(workspace: Workspace) -> None:
    define(workspace)

    assert workspace.ask("DELETE", "/v1/webhooks/coupons").status == 200
    assert workspace.ask("DELETE", "/v1/webhooks/coupons").status == 404
    assert signs_with(workspace) == []
    assert rotate(workspace).status == 404


def test_a_webhook_that_a_journey_calls_is_not_deleted(workspace: Workspace) -> None:
    define(workspace)
    journey = {"enter": {"event": "X"}, "steps": [{"repeat": {"times": 2, "steps": [{"webhook": {"to": "coupons"}}]}}]}
    workspace.world.define("journey", "cart", journey)
    answer = workspace.ask("DELETE", "/v1/webhooks/coupons")

    assert (answer.status, "the journey cart names it" in answer.text) == (400, True)


@pytest.mark.parametrize("role", ["marketer", "analyst", "service", "privacy"])
def test_only_admins_and_engineers_make_secrets(workspace: Workspace, role: str) -> None:
    define(workspace)

    assert workspace.put("/v1/webhooks/coupons", {"definition": COUPONS}, role).status == 403
    assert rotate(workspace, role).status == 403


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://api.shop.example/",
        "ftp://api.shop.example/",
        "https://",
        "https://localhost/",
        "https://shop",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://user:secret@api.shop.example/",
        "https://api.shop.example:8443/",
        "https://api.shop.example:99999/",
        "https://api.shop.example/#x",
        "https://api.shop.example/\r\nHost: evil",
        "https://api.shop.example\\@evil.example/",
        "https://süß.example/",
        "https://-a.example/",
        "https://api.shop.example/" + "x" * 2_000,
    ],
    ids=range(24),
)
def test_addresses_that_are_refused(workspace: Workspace, url: object) -> None:
    answer = workspace.put("/v1/webhooks/coupons", {"definition": {"url": url}})

    assert answer.status == 400, answer.text


@pytest.mark.parametrize("url", ["http://localhost:8000/hook", "http://127.0.0.1:8000/", "https://a.example:443/?x=1"])
def test_addresses_that_are_taken(workspace: Workspace, url: str) -> None:
    assert workspace.put("/v1/webhooks/coupons", {"definition": {"url": url, "timeout": "10 seconds"}}).status == 200
