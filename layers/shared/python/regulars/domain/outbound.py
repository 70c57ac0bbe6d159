"""Where calls to the outside may go: addresses that the whole world can reach, and nothing that is near to us."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# Addresses that carry another one within: what they lead to is not what they seem.
_CARRIERS: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(each)
    for each in (
        "::ffff:0:0/96",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "fec0::/10",
        "192.88.99.0/24",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "198.18.0.0/15",
    )
)


def is_public(address: str) -> bool:
    """Say whether an address is one of the world, in every way in which it can be written."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (found.scope_id or found.ipv4_mapped or found.sixtofour or found.teredo):
        return False
    if any(found.version == each.version and found in each for each in _CARRIERS):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def choose(addresses: Iterable[str]) -> str | None:
    """Choose the address to connect to, of all that a host has; None if one of them is not of the world."""
    found = sorted(set(addresses), key=lambda address: (":" in address, address))
    return found[0] if found and all(is_public(address) for address in found) else None
