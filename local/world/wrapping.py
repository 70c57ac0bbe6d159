"""A workspace secret without KMS: the same in every world, so that runs repeat exactly, and worth nothing."""

from hashlib import sha512


class PlainWrapper:
    """Makes a fixed secret and keeps it in clear."""

    def generate(self, length: int) -> tuple[bytes, bytes]:
        """Give the secret, and the secret as what is wrapped."""
        secret = sha512(b"in memory").digest()[:length]
        return secret, secret

    def unwrap(self, wrapped: bytes) -> bytes:
        """Give back what was never hidden."""
        return wrapped

    def wrap(self, secret: bytes) -> bytes:
        """Give back what is not hidden."""
        return secret
