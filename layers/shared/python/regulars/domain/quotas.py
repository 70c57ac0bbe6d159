"""Quotas: how much may come with a public key, or from one address with it, in a minute and in an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import Any, Literal, get_args

from regulars.domain.instants import HOUR, SECOND, to_text
from regulars.errors import DefinitionError

OVER = "over_quota"
What = Literal["requests", "bytes", "identities"]
Window = Literal["minute", "hour"]
WHATS: tuple[What, ...] = get_args(What)
WINDOWS: Mapping[Window, int] = {"minute": 60 * SECOND, "hour": HOUR}
_SCOPES = ("per_key", "per_address")
_MOST = 10**12
# What a process counts by itself before it tells the others: a thousandth of a quota, and at least this.
_LEAST: Mapping[What, int] = {"requests": 20, "bytes": 1_000_000, "identities": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """From what amount on events are set aside, and from what on requests are refused; None: never."""

    defer: int | None = None
    refuse: int | None = None

    def share(self, what: What) -> int | None:
        """How much a process may count by itself before it tells the others; None where nothing is limited."""
        least = min((each for each in (self.defer, self.refuse) if each is not None), default=None)
        return None if least is None else max(_LEAST[what], least // 1_000)


Limits = Mapping[tuple[What, Window], Quota]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """The quotas of a source: of each of its public keys, and of each address that sends with one."""

    per_key: Limits = field(default_factory=dict)
    per_address: Limits = field(default_factory=dict)


# Generous: a shop with a thousand events a second meets none of them, and an office behind one address neither.
DEFAULT_QUOTAS = Quotas(
    per_key={
        ("requests", "minute"): Quota(defer=60_000, refuse=300_000),
        ("bytes", "minute"): Quota(defer=500_000_000, refuse=2_000_000_000),
        ("identities", "hour"): Quota(defer=300_000),
    },
    per_address={
        ("requests", "minute"): Quota(defer=6_000, refuse=30_000),
        ("bytes", "minute"): Quota(defer=100_000_000, refuse=500_000_000),
        ("identities", "hour"): Quota(defer=10_000),
    },
)


@dataclass(frozen=True, slots=True)
class Excess:
    """Which quota is exceeded, and what follows: events are set aside, or the request is refused."""

    quota: str
    is_refused: bool


def judge(limits: Limits, window: Window, used: Mapping[What, int]) -> Excess | None:
    """Say what follows from what was used in a window; a refusal before all else."""
    found: Excess | None = None
    for (what, of), quota in limits.items():
        if of != window:
            continue
        if quota.refuse is not None and used[what] > quota.refuse:
            return Excess(name_of(what, window), is_refused=True)
        if quota.defer is not None and used[what] > quota.defer:
            found = Excess(name_of(what, window), is_refused=False)
    return found


def name_of(what: What, window: Window) -> str:
    """Name a quota as a definition does."""
    return f"{what}_per_{window}"


def name_address(address: str, *, now: int, hash_key: bytes) -> str:
    """
    Name an address for a day, so that nobody can tell which it was, or whether it is that of another day.

    Of an address of version 6 the network counts: whoever has one has all of it.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        parsed = None
    network = parsed.packed[:8] if isinstance(parsed, IPv6Address) else address.encode()
    day = to_text(now)[:10].encode()
    salt = blake2b(day, key=hash_key, digest_size=16, person=b"day of address").digest()
    return blake2b(network, key=salt, digest_size=10, person=b"address").hexdigest()


def parse_quotas(raw: object) -> Quotas:
    """Read the quotas of a source: what it leaves out is as usual. Raises DefinitionError."""
    if not isinstance(raw, Mapping):
        raise DefinitionError("quotas", "is an object with per_key, per_address or both")
    _only(raw, _SCOPES, "quotas")
    return Quotas(
        per_key={**DEFAULT_QUOTAS.per_key, **_limits(raw.get("per_key", {}), "quotas.per_key")},
        per_address={**DEFAULT_QUOTAS.per_address, **_limits(raw.get("per_address", {}), "quotas.per_address")},
    )


def _limits(raw: object, path: str) -> Limits:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is an object, such as {requests_per_minute: {defer: 6000, refuse: 30000}}")
    names = {name_of(what, window): (what, window) for what in WHATS for window in WINDOWS}
    _only(raw, tuple(names), path)
    return {names[name]: _quota(quota, f"{path}.{name}") for name, quota in raw.items()}


def _quota(raw: object, path: str) -> Quota:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is an object with defer, refuse or both; {} is no limit")
    _only(raw, ("defer", "refuse"), path)
    quota = Quota(**{name: _amount(amount, f"{path}.{name}") for name, amount in raw.items()})
    if quota.defer is not None and quota.refuse is not None and quota.defer >= quota.refuse:
        raise DefinitionError(f"{path}.refuse", "is more than defer")
    return quota


def _amount(raw: object, path: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= _MOST:
        raise DefinitionError(path, f"is a whole number from 1 to {_MOST}")
    return raw


def _only(raw: Mapping[Any, Any], allowed: tuple[str, ...], path: str) -> None:
    if unknown := sorted(str(name) for name in raw if name not in allowed):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(allowed)}")
