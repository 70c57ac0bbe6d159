"""The browser SDK as visitors get it, from an asset laid out as it is deployed."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from tests.asset import PACKAGE, UMD, lay_out, load

_QUERY_STRING = next(UMD.glob("queryString.bundle.*.js")).name

Answer = dict[str, Any]
Get = Callable[..., Answer]


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Ask the deployed function for a file, by the parameters of its route."""
    handler = load(lay_out(tmp_path_factory.mktemp("asset")))

    def ask(*, headers: dict[str, str] | None = None, **parameters: str) -> Answer:
        event = {"version": "2.0", "pathParameters": parameters, "headers": headers or {}}
        return handler(event, None)

    return ask


def test_ends_with_the_unmodified_file(get: Get) -> None:
    answer = get(key="shop_key-1")

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "text/javascript; charset=utf-8"
    assert answer["body"].endswith((UMD / "standalone.js").read_text())


def test_keeps_the_licence_notice(get: Get) -> None:
    assert (PACKAGE / "LICENSE.MD").read_text() in get(key="shop")["body"]


def test_carries_the_write_key_of_the_address(get: Get) -> None:
    assert '})("shop_key-1");' in get(key="shop_key-1")["body"]


@pytest.mark.parametrize("key", ["", '")alert(1)//', "a b", "a.b", "ключ", "%22", "k" * 101, "a\n"])
def test_refuses_what_is_no_write_key(get: Get, key: str) -> None:
    answer = get(key=key)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "not_found"


def test_zips_for_a_client_that_takes_it(get: Get) -> None:
    plain = get(key="shop")["body"]
    zipped = get(key="shop", headers={"accept-encoding": "br, gzip;q=0.8"})

    assert zipped["headers"]["content-encoding"] == "gzip"
    assert zipped["isBase64Encoded"] is True
    assert gzip.decompress(b64decode(zipped["body"])).decode() == plain


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip;q=0.0, br"])
def test_does_not_zip_for_a_client_that_does_not(get: Get, accepted: str) -> None:
    assert "content-encoding" not in get(key="shop", headers={"accept-encoding": accepted})["headers"]


def test_sends_nothing_again_that_the_browser_holds(get: Get) -> None:
    etag = get(key="shop")["headers"]["etag"]
    answer = get(key="shop", headers={"if-none-match": f'"other", {etag}'})

    assert answer["statusCode"] == 304
    assert "body" not in answer


def test_tells_keys_apart_in_the_etag(get: Get) -> None:
    assert get(key="one")["headers"]["etag"] != get(key="two")["headers"]["etag"]


def test_serves_the_bundles_for_ever(get: Get) -> None:
    answer = get(file=_QUERY_STRING)

    assert answer["body"] == (UMD / _QUERY_STRING).read_text()
    assert "immutable" in answer["headers"]["cache-control"]


@pytest.mark.parametrize(
    "file", ["", "standalone.js", "../handler.py", "..%2fhandler.py", "x.bundle.1.js", "/etc/passwd"]
)
def test_serves_no_other_file(get: Get, file: str) -> None:
    answer = get(file=file)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "not_found"
