"""The code of a second factor, by the vectors of RFC 6238."""

import base64

import pytest

from local.platform.second_factor import code_at

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")],
)
def test_the_code_is_that_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds) == code
    assert code_at(SECRET.rstrip("=").lower(), seconds) == code
