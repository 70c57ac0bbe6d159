"""What looks for canaries finds them, whatever they are written as."""

import zlib
from base64 import b64encode

import pytest

from tests.e2e.canaries import find

E_MAIL = "Kanari.Vogel@Canary-Mail.example"
STREET = "Kükenstraße 4711b"


@pytest.mark.parametrize("prefix", ["", "a", "ab", "abc"])
def test_finds_a_canary_in_base64_wherever_it_begins(prefix: str) -> None:
    content = b64encode(f"{prefix}{E_MAIL} and more".encode())

    assert find({"e-mail": E_MAIL}, content)


def test_finds_a_canary_in_what_is_compressed_and_written_in_base64() -> None:
    content = b'{"B": "' + b64encode(zlib.compress(STREET.encode() * 3)) + b'"}'

    assert find({"street": STREET}, content)
