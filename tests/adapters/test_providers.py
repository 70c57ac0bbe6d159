"""Letters and texts as providers are asked for them, and what their errors mean: surely not sent, or not known."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from regulars.adapters.clients import ONCE
from regulars.adapters.provider_errors import asked
from regulars.adapters.ses import Ses, encoded
from regulars.adapters.sms import Sms
from regulars.errors import NotAcceptedError, UnknownOutcomeError
from regulars.pipeline.ports import Outgoing

SENDER = "The Shop <hello@shop.example>"
LETTER = Outgoing(
    name="WyJ1Il0",
    to="jane@example.com",
    kind="marketing",
    subject="Hello",
    html="<p>Hello</p>",
    text="Hello",
    unsubscribe="https://api.example.com/v1/unsubscribe?token=t",
)


class Client:
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def send_email(self, **request: Any) -> Any:
        """Take a letter."""
        self.requests.append(request)
        return {"MessageId": "ses-1"}

    def publish(self, **request: Any) -> Any:
        """Take a text."""
        self.requests.append(request)
        return {"MessageId": "sns-1"}

    def close(self) -> None:
        """Keep nothing open."""


def test_a_letter_is_unsubscribed_from_in_one_click_and_carries_an_opaque_name() -> None:
    client = Client()

    assert Ses(lambda: client, sender=SENDER, configuration_set="letters").send(LETTER) == "ses-1"
    [request] = client.requests
    assert request["FromEmailAddress"] == SENDER
    assert request["Destination"] == {"ToAddresses": ["jane@example.com"]}
    assert request["EmailTags"] == [{"Name": "send", "Value": "WyJ1Il0"}]
    assert request["ConfigurationSetName"] == "letters"
    assert request["Content"]["Simple"]["Headers"] == [
        {"Name": "List-Unsubscribe", "Value": "<https://api.example.com/v1/unsubscribe?token=t>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def test_what_is_sent_is_what_ses_knows() -> None:
    client = boto3.client("sesv2", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_response("send_email", {"MessageId": "ses-1"})

        assert Ses(lambda: client, sender=SENDER, configuration_set="letters").send(LETTER) == "ses-1"


def test_without_a_sender_no_letter_goes_out() -> None:
    with pytest.raises(NotAcceptedError, match="no_sender"):
        Ses(Client, sender="", configuration_set="").send(LETTER)


@pytest.mark.parametrize(("kind", "said"), [("marketing", "Promotional"), ("transactional", "Transactional")])
def test_a_text_goes_to_a_number_by_its_class(kind: Any, said: str) -> None:
    client = Client()
    text = Outgoing(name="n", to="+491701234567", kind=kind, subject="", html="", text="Hello")

    assert Sms(lambda: client, sender="SHOP").send(text) == "sns-1"
    [request] = client.requests
    assert (request["PhoneNumber"], request["Message"]) == ("+491701234567", "Hello")
    assert request["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"] == said
    assert request["MessageAttributes"]["AWS.SNS.SMS.SenderID"]["StringValue"] == "SHOP"


@mock_aws
def test_a_text_is_what_sns_knows() -> None:
    client = boto3.client("sns", region_name="eu-west-1")
    text = Outgoing(name="n", to="+491701234567", kind="marketing", subject="", html="", text="Hello")

    assert Sms(lambda: client).send(text)


def failing(error: Exception) -> Callable[[], str]:
    def fails() -> str:
        raise error

    return fails


def answered(code: str, status: int, message: str = "") -> ClientError:
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "SendEmail")


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (answered("TooManyRequestsException", 429), True),
        (answered("Throttling", 400), True),
        (answered("SendingPausedException", 400), True),
        (answered("AccessDeniedException", 403), True),
        (answered("MessageRejected", 400), False),
        (answered("MessageRejected", 400, "Email address is not verified."), True),
        (answered("MailFromDomainNotVerifiedException", 400), True),
        (answered("AccountSuspendedException", 400), True),
        (answered("NotFoundException", 404), True),
        (answered("InvalidClientTokenId", 403), True),
        (answered("SignatureDoesNotMatch", 403), True),
        (answered("AuthorizationError", 403), True),
        (answered("InvalidParameter", 400), False),
        (ParamValidationError(report="x"), False),
        (NoCredentialsError(), True),
        (ConnectTimeoutError(endpoint_url="x"), True),
        (EndpointConnectionError(endpoint_url="x"), True),
    ],
    ids=lambda value: value.response["Error"]["Code"] if isinstance(value, ClientError) else type(value).__name__,
)
def test_what_was_surely_not_taken_says_whether_to_try_again(error: BotoCoreError | ClientError, again: bool) -> None:
    with pytest.raises(NotAcceptedError) as raised:
        asked(failing(error))

    assert raised.value.again is again


@pytest.mark.parametrize(
    "error",
    [
        answered("InternalFailure", 500),
        answered("ServiceUnavailable", 503),
        answered("", 502),
        ReadTimeoutError(endpoint_url="x"),
        ConnectionClosedError(endpoint_url="x"),
    ],
    ids=lambda value: value.response["Error"]["Code"] if isinstance(value, ClientError) else type(value).__name__,
)
def test_an_answer_that_tells_nothing_is_not_known(error: BotoCoreError | ClientError) -> None:
    with pytest.raises(UnknownOutcomeError):
        asked(failing(error))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AuthorizationError", "not_allowed"),
        ("AccessDeniedException", "not_allowed"),
        ("SendingPausedException", "not_allowed"),
        ("Throttled", "throttled"),
        ("TooManyRequestsException", "throttled"),
        ("InvalidParameter", "rejected"),
    ],
)
def test_a_refusal_says_whether_it_is_of_the_account_of_the_moment_or_of_the_message(code: str, reason: str) -> None:
    with pytest.raises(NotAcceptedError, match=reason):
        asked(failing(answered(code, 400)))


@pytest.mark.parametrize(
    ("mailbox", "written"),
    [
        ("hello@shop.example", "hello@shop.example"),
        ("The Shop <hello@shop.example>", "The Shop <hello@shop.example>"),
        ("Ann's Shop <hello@shop.example>", "Ann's Shop <hello@shop.example>"),
        ("Shop, Inc. <hello@shop.example>", '"Shop, Inc." <hello@shop.example>'),
        ('"Shop, Inc." <hello@shop.example>', '"Shop, Inc." <hello@shop.example>'),
        ("Bücher <hello@shop.example>", "=?utf-8?q?B=C3=BCcher?= <hello@shop.example>"),
        ("<hello@shop.example>", "hello@shop.example"),
    ],
)
def test_a_mailbox_is_written_as_headers_have_it(mailbox: str, written: str) -> None:
    client = Client()
    letter = replace(LETTER, sender=mailbox, reply_to=mailbox)
    Ses(lambda: client, sender=SENDER, configuration_set="").send(letter)

    [request] = client.requests
    assert (request["FromEmailAddress"], request["ReplyToAddresses"]) == (written, [written])


@given(st.from_regex(r"[\w .'-]{1,100}", fullmatch=True))
def test_a_name_of_any_script_is_read_as_it_was_written(name: str) -> None:
    written = encoded(f"{name} <hello@shop.example>")

    [read] = getaddresses([written])
    assert read[1] == "hello@shop.example"
    assert str(make_header(decode_header(read[0]))).split() == name.split()
    assert written.isascii()
    assert all(len(word) <= 75 for word in written.split() if word.startswith("=?"))


@contextmanager
def hanging_up(answer: bytes) -> Iterator[tuple[str, list[int]]]:
    """A server that says it keeps connections open, and closes each behind its first answer; requests it got."""
    server, asked_for = socket.create_server(("127.0.0.1", 0)), list[int]()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                said = connection.recv(65_536)
                while said and b"\r\n\r\n" not in said:
                    said += connection.recv(65_536)
                asked_for.append(len(said))
                head = f"HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: {len(answer)}\r\n\r\n"
                connection.sendall(head.encode() + answer)
                time.sleep(0.05)  # it is read, and kept; then it is reset, as a load balancer does
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked_for
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_a_connection_that_died_while_the_function_slept_is_not_used() -> None:
    with hanging_up(b'{"MessageId": "ses-1"}') as (url, asked_for):
        client = boto3.client(
            "sesv2",
            region_name="eu-west-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=ONCE,
            endpoint_url=url,
        )
        ses = Ses(lambda: client, sender=SENDER, configuration_set="")

        assert ses.send(LETTER) == "ses-1"
        assert ses.send(LETTER) == "ses-1"
    assert len(asked_for) == 2


def test_each_text_goes_by_a_connection_of_its_own() -> None:
    closed = []

    class Closing(Client):
        def close(self) -> None:
            closed.append(len(self.requests))

    client = Closing()
    text = Outgoing(name="n", to="+491701234567", kind="marketing", subject="", html="", text="Hello")
    for _ in range(2):
        Sms(lambda: client).send(text)
    assert closed == [0, 1]


def test_a_message_is_asked_for_once() -> None:
    calls = []
    client = boto3.client(
        "sesv2",
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=ONCE.merge(Config(connect_timeout=0.2)),
        endpoint_url="http://127.0.0.1:1",
    )
    client.meta.events.register("before-send", lambda **_: calls.append(1))

    with pytest.raises(NotAcceptedError):
        Ses(lambda: client, sender=SENDER, configuration_set="").send(LETTER)
    assert len(calls) == 1
