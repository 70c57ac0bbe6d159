"""Keys of a source from the command line: listed, minted, exchanged, ended, and kept on a platform of this machine."""

import json
from typing import Any

import pytest

from cli.place import Keys
from tests.cli.conftest import Regulars

TWO = """name: Shop
keys:
  - label: web
    origins: ['https://shop.example.com']
  - label: backend
    kind: server
"""


@pytest.fixture
def shop(regulars: Regulars) -> Regulars:
    """The command, where a source with two keys is live."""
    regulars.write("catalog/sources/shop.yaml", TWO)
    assert regulars("apply").code == 0
    return regulars


def keys(shop: Regulars) -> list[dict[str, Any]]:
    """The keys of the source."""
    listed: list[dict[str, Any]] = shop.json("source", "keys", "list", "shop")["keys"]
    return listed


def test_apply_tells_each_key_and_which_is_a_secret(regulars: Regulars) -> None:
    regulars.write("catalog/sources/shop.yaml", TWO)
    out = regulars("apply").out

    assert "key web of shop: wk_" in out
    assert "(a secret: shown only now)" in out
    assert "wk_" in regulars("source", "keys", "list", "shop").out
    assert "sk_" not in regulars("source", "keys", "list", "shop").out


def test_keys_of_this_machine_are_kept_by_label_and_a_server_s_is_sent_with(shop: Regulars) -> None:
    kept = json.loads((shop.folder / ".regulars/keys.json").read_text())["shop"]
    known = Keys(shop.folder / ".regulars")

    assert sorted(kept) == ["backend", "web"]
    assert (known.get("shop"), known.public("shop")) == (kept["backend"], kept["web"])


def test_keys_that_were_kept_before_they_had_labels_are_found(shop: Regulars) -> None:
    shop.write(".regulars/keys.json", json.dumps({"old": "wk_old"}))
    known = Keys(shop.folder / ".regulars")
    known.put("old", "backend", "sk_new")

    assert (known.public("old"), known.get("old")) == ("wk_old", "sk_new")


def test_a_key_is_minted_exchanged_and_revoked(shop: Regulars) -> None:
    minted = shop.json("source", "keys", "mint", "shop", "--label", "backend")
    rotated = shop.json("source", "keys", "rotate", "shop", "--label", "web", "--overlap", "7 days")
    ends = {key["print"]: key["ends_at"] for key in keys(shop)}
    shop.json("source", "keys", "revoke", "shop", minted["print"])

    assert (minted["kind"], rotated["kind"]) == ("server", "public")
    assert sum(end is not None for end in ends.values()) == 1
    assert minted["print"] not in {key["print"] for key in keys(shop)}
    assert Keys(shop.folder / ".regulars").public("shop") == rotated["key"]


def test_says_which_labels_there_are(shop: Regulars) -> None:
    ended = shop("source", "keys", "mint", "shop", "--label", "app")

    assert (ended.code, "it has web, backend" in ended.err) == (1, True)


def test_a_broken_list_of_keys_is_found_with_its_line(regulars: Regulars) -> None:
    regulars.write("catalog/sources/shop.yaml", TWO.replace("kind: server", "kind: secret"))
    ended = regulars("plan")

    assert (ended.code, "keys[1].kind: is one of public, server" in ended.err) == (1, True)
    assert "catalog/sources/shop.yaml:6" in ended.err
