"""Base32 is that of the standard library."""

from base64 import b32encode

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.base32 import to_base32


@given(st.binary(min_size=16, max_size=16))
def test_writes_what_the_standard_library_writes(digest: bytes) -> None:
    assert to_base32(digest) == b32encode(digest).decode().rstrip("=").lower()
