"""Addresses that messages go to: what is none is found out before a provider is asked, and carries nothing else."""

import re

_LONGEST = 254
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SIGNS = str.maketrans("", "", " ()-./\u00a0")


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
