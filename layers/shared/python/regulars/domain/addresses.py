"""Addresses that messages go to: what is none is found out before a provider is asked, and carries nothing else."""

import re
from dataclasses import dataclass

from regulars.domain.identifiers import Identifier, normalise, owner_key

_LONGEST = 254
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SIGNS = str.maketrans("", "", " ()-./\u00a0")


@dataclass(frozen=True, slots=True)
class Address:
    """
    Where a message goes, and the owner that this is; `also` are those that it is in other spellings.

    A person may be known by any of these, so each of them is asked whether anything may go there.
    """

    to: str
    owner: str
    also: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """The owner of the address in all spellings that are known."""
        return (self.owner, *self.also)


def address_of(kind: str, value: object, hash_key: bytes) -> Address | None:
    """Read an `email` or a `phone` as somebody gave it; None for what no message goes to."""
    to = email_address(value) if kind == "email" else phone_number(value)
    if to is None:
        return None
    spelled = (to, value, _in_letters(to) if kind == "email" else to)
    named = [text for each in spelled if (text := normalise(kind, each))]
    owner, *also = dict.fromkeys(owner_key(Identifier(kind, text), hash_key) for text in named)
    return Address(to, owner, tuple(also))


def email_address(value: object) -> str | None:
    """Read an e-mail address that providers take; None for what is none: several, a name beside it, a line break."""
    if not isinstance(value, str):
        return None
    mailbox, _, host = value.strip().rpartition("@")
    try:
        host = host.lower() if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None
    address = f"{mailbox}@{host}"
    return address if _MAILBOX.fullmatch(mailbox) and _HOST.fullmatch(host) and len(address) <= _LONGEST else None


def phone_number(value: object) -> str | None:
    """Read a phone number with its country (E.164), such as +491701234567; None for what is none."""
    if not isinstance(value, str):
        return None
    number = value.strip().translate(_SIGNS)
    return number if number.isascii() and _NUMBER.fullmatch(number) else None


def _in_letters(address: str) -> str:
    """Write the host of an address in the letters of its language: müller.example for xn--mller-kva.example."""
    mailbox, _, host = address.rpartition("@")
    try:
        return f"{mailbox}@{host.encode().decode('idna')}"
    except UnicodeError:
        return address
