"""`regulars identity refused`: why two people are not one."""

import json
from datetime import date

import pytest

from tests.cli.conftest import Regulars
from tests.cli.platform import token_of

SIGN_INS = [
    {"type": "identify", "userId": user, "traits": {"email": "jane@example.com"}, "messageId": f"m-{user}"}
    for user in ("abc123", "abc456")
]


@pytest.fixture
def a_week_later(monkeypatch: pytest.MonkeyPatch, regulars: Regulars) -> Regulars:
    monkeypatch.setattr("cli.refused_claims.today", lambda: date(2026, 1, 7))
    regulars.platform.workspace.send(*SIGN_INS)
    return regulars


def test_tells_what_was_refused(a_week_later: Regulars) -> None:
    ended = a_week_later("identity", "refused")

    assert ended.code == 0, ended.err
    assert all(word in ended.out for word in ("jane@example.com", "abc456", "user_id", "1 refused claim"))


def test_tells_programs_and_masks_for_engineers(a_week_later: Regulars) -> None:
    ended = a_week_later("identity", "refused", "--json", token=token_of("engineer"))

    [claim] = json.loads(ended.out)["claims"]
    assert (claim["limit"], claim["refused"]["kind"], claim["refused"]["value"]) == ("user_id", "email", "•••")


def test_narrows_to_a_limit(a_week_later: Regulars) -> None:
    assert a_week_later.json("identity", "refused", "--limit", "unproven") == {"claims": [], "more": False}
