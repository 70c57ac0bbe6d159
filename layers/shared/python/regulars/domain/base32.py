"""Base32 of sixteen bytes, in small letters without padding: `base64.b32encode` takes ten times as long."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
_SHIFTS = range(120, -1, -10)


def to_base32(digest: bytes) -> str:
    """Write a digest of sixteen bytes as 26 letters."""
    number = int.from_bytes(digest, "big") << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
