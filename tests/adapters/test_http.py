"""Requests and answers as API Gateway carries them."""

import json
from base64 import b64encode
from typing import Any

import pytest

from regulars.adapters.http import Request, Response, read, respond, serve
from regulars.errors import MethodNotAllowedError, NotFoundError, ThrottledError, UnparseableError


def an_event(**changes: Any) -> dict[str, Any]:
    return {"rawPath": "/v1/track", "requestContext": {"http": {"method": "POST"}}, **changes}


def raising(error: Exception) -> Response:
    def answer(_request: Request) -> Response:
        raise error

    return serve(an_event(), answer, lambda _error: None)


def test_reads_a_request() -> None:
    claims = {"scope": "profiles:read"}
    context = {"http": {"method": "POST"}, "authorizer": {"jwt": {"claims": claims}}}
    request = read(
        an_event(
            headers={"Content-Type": "text/plain"},
            queryStringParameters={"writeKey": "k"},
            pathParameters={"call": "track"},
            body="{}",
            requestContext=context,
        )
    )

    assert request == Request(
        method="POST",
        path="/v1/track",
        headers={"content-type": "text/plain"},
        query={"writeKey": "k"},
        parameters={"call": "track"},
        claims=claims,
        body=b"{}",
    )


def test_reads_a_request_without_anything() -> None:
    assert read({}) == Request(method="GET", path="/")


def test_reads_a_body_in_base64() -> None:
    assert read(an_event(body=b64encode(b"\x1f\x8b").decode(), isBase64Encoded=True)).body == b"\x1f\x8b"


@pytest.mark.parametrize("body", ["{}", "ä", "YQ", "YQ==YQ=="])
def test_refuses_a_body_that_is_no_base64(body: str) -> None:
    with pytest.raises(UnparseableError):
        read(an_event(body=body, isBase64Encoded=True))


def test_answers_an_error_as_sdks_read_it() -> None:
    answer = raising(ThrottledError("slow down"))

    assert answer["statusCode"] == 429
    assert answer["headers"]["retry-after"] == "1"
    assert json.loads(answer["body"]) == {
        "code": "throttled",
        "message": "slow down",
        "docs": "docs/errors.md#throttled",
    }


def test_says_which_methods_an_address_takes() -> None:
    assert raising(MethodNotAllowedError(["POST"]))["headers"]["allow"] == "POST"


def test_an_error_of_the_sender_has_no_retry() -> None:
    assert "retry-after" not in raising(NotFoundError("nothing"))["headers"]


def test_answers_what_nobody_expected_without_its_words() -> None:
    reported: list[Exception] = []
    error = KeyError("jane@example.com")
    answer = serve(an_event(), lambda _request: (_ for _ in ()).throw(error), reported.append)

    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"] == "2"
    assert "jane" not in answer["body"]
    assert reported == [error]


def test_writes_text_as_it_is() -> None:
    assert respond({"name": "Jürgen 👋"})["body"] == '{"name":"Jürgen 👋"}'
