"""Edges between identifiers as a workspace would have them: small people, some large, some chains; seeded."""

from base64 import b32encode
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from random import Random

KINDS = ("anonymous_id", "anonymous_id", "anonymous_id", "email", "phone")
AHEAD = 2_000  # people whose edges come mixed with each other's


def write(path: Path, number: int, seed: int = 1) -> None:
    """Write so many edges to a file, a line each."""
    with path.open("w") as file:
        file.writelines(f"{one} {other}\n" for one, other in islice(_mixed(Random(seed)), number))


def read(path: Path) -> list[tuple[str, str]]:
    """Read edges from a file."""
    with path.open() as file:
        return [(one, other) for one, other in map(str.split, file)]


def _mixed(random: Random) -> Iterator[tuple[str, str]]:
    while True:
        edges = [edge for _ in range(AHEAD) for edge in _person(random)]
        random.shuffle(edges)
        yield from edges


def _person(random: Random) -> Iterator[tuple[str, str]]:
    sort = random.random()
    if sort < 0.002:
        return pairwise(_owners(random, random.randrange(20, 200)))
    size = random.randrange(50, 1_000) if sort < 0.0025 else random.randrange(1, 9)
    return _tied(random, _owners(random, size))


def _tied(random: Random, owners: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Tie each to one that was there before, and some once more: an SDK names the same pair again and again."""
    for number, owner in enumerate(owners[1:], 1):
        yield owners[random.randrange(number)], owner
        if random.random() < 0.2:
            yield owner, owners[random.randrange(number)]


def _owners(random: Random, number: int) -> list[str]:
    return [f"{'user_id' if not index else random.choice(KINDS)}:{_hash(random)}" for index in range(number)]


def _hash(random: Random) -> str:
    return b32encode(random.randbytes(16)).decode().rstrip("=").lower()
