"""The client waits where the platform asks for it, repeats what may help, and refuses clearly."""

from pathlib import Path

import httpx
import pytest

from cli.errors import AnswerError, UserError
from cli.http import Http
from cli.place import Place

HERE = Place(root=Path("/nowhere"), url="http://127.0.0.1:1", token="t")


class Answers:
    """Gives prepared answers, one a request, and remembers the waits between them."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.left = list(answers)
        self.waits: list[float] = []
        self.http = Http(HERE, transport=httpx.MockTransport(self._next), attempts=3, sleep=self.waits.append)

    def _next(self, _request: httpx.Request) -> httpx.Response:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_waits_as_long_as_it_is_asked_to() -> None:
    answers = Answers(httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200, json={"a": 1}))

    assert answers.http.ask("GET", "/") == {"a": 1}
    assert answers.waits == [7.0]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_repeats_after_a_failure_of_the_platform(status: int) -> None:
    answers = Answers(httpx.Response(status), httpx.ConnectError("refused"), httpx.Response(200, json={}))

    assert answers.http.ask("GET", "/") == {}
    assert 0 < answers.waits[0] < answers.waits[1] < 2


def test_gives_up_in_the_end() -> None:
    answers = Answers(*[httpx.ConnectError("refused")] * 3)

    with pytest.raises(UserError, match="cannot be reached: refused"):
        answers.http.ask("GET", "/")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_never_repeats_what_was_refused(status: int) -> None:
    answers = Answers(httpx.Response(status, json={"code": "no", "message": "because"}))

    with pytest.raises(AnswerError, match="because") as raised:
        answers.http.ask("GET", "/")

    assert (raised.value.status, raised.value.reason, answers.waits) == (status, "no", [])


@pytest.mark.parametrize("content", [b"<html>", b"[1]", b""])
def test_takes_no_answer_that_is_none_of_ours(content: bytes) -> None:
    with pytest.raises(AnswerError, match="not what Regulars says"):
        Answers(httpx.Response(200, content=content)).http.ask("GET", "/")


def test_says_how_to_get_a_token() -> None:
    place = Place(root=Path("/nowhere"), url="http://127.0.0.1:1", token=None)

    with pytest.raises(UserError, match="nobody is signed in"):
        Http(place).ask("GET", "/")


def test_reads_page_after_page() -> None:
    pages = [{"things": [1, 2], "next": "c"}, {"things": [3], "next": None}]
    answers = Answers(*(httpx.Response(200, json=page) for page in pages))

    assert list(answers.http.pages("/v1/things", "things")) == [1, 2, 3]
