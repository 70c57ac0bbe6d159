"""Read the bits of a consent string: base64 for URLs, six bits a letter, filled up with zeros."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BITS = {ord(letter): f"{value:06b}" for value, letter in enumerate(_LETTERS)}
_KNOWN = frozenset(_LETTERS)
_LONGEST_NUMBER = 24  # bits of a Fibonacci number: far beyond the id of any section


class BitFields:
    """Fields of so many bits, one after the other; each read raises ValueError where there are no more."""

    def __init__(self, text: str) -> None:
        if not text or not _KNOWN.issuperset(text):
            raise ValueError("a part of a consent string is base64 for URLs")
        self._bits = text.translate(_BITS)
        self._at = 0

    def number(self, width: int) -> int:
        """Read a number of so many bits."""
        bits = self._bits[self._at : self._at + width]
        if len(bits) < width:
            raise ValueError("a consent string is cut short")
        self._at += width
        return int(bits, 2) if width else 0

    def flags(self, width: int) -> tuple[bool, ...]:
        """Read so many bits, each by itself."""
        bits = f"{self.number(width):0{width}b}" if width else ""
        return tuple(bit == "1" for bit in bits)

    def fibonacci(self) -> int:
        """Read a number in Fibonacci coding, which ends with two ones."""
        total, last, (one, two) = 0, 0, (1, 2)
        for _ in range(_LONGEST_NUMBER):
            bit = self.number(1)
            if bit and last:
                return total
            total, last, (one, two) = total + bit * one, bit, (two, one + two)
        raise ValueError("a number of a consent string does not end")

    def skip_ids(self, most: int) -> None:
        """Pass by ranges of ids up to `most`, and see that they are some."""
        for _ in range(self.number(12)):
            is_range = self.number(1)
            first = self.number(16)
            last = self.number(16) if is_range else first
            if not 1 <= first <= last <= most:
                raise ValueError("a range of a consent string is none")

    def end(self) -> None:
        """See that nothing follows but the filling."""
        if "1" in self._bits[self._at :]:
            raise ValueError("a consent string goes on where it should end")
