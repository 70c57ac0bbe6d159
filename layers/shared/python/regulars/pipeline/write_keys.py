"""Write keys as the catalog keeps them: minted, rotated, revoked; a key that is a secret only as a print of it."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from regulars.domain.sources import Source
from regulars.domain.write_keys import SIGNING, KeyKind, key_print
from regulars.errors import ConflictError, ConflictingEditError, InvalidRequestError, NotFoundError
from regulars.pipeline.ports import Clock, Sealer
from regulars.stores.database import Database
from regulars.stores.definitions import Definition, DefinitionStore

Kind = Literal[KeyKind, "signing"]
PREFIXES: Mapping[Kind, str] = {"public": "wk_", "server": "sk_", "signing": "ss_"}
MOST = 30  # keys of a source that are kept at once, those included that have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """
    A key as it is kept: `ends` is the instant from which on it is nobody's, `text` is what a public one says.

    `sealed` is a signing secret, under the vault's key of the owner `signing`, bound to the source.
    """

    print: str
    source: str
    label: str
    kind: Kind
    minted: int
    ends: int | None = None
    text: str | None = None
    sealed: str | None = None
    version: int = 0

    def holds(self, now: int) -> bool:
        """Say whether it has not ended."""
        return self.ends is None or now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """A new key, and all of it: of a secret this is the only time that it is seen."""

    key: Key
    text: str


class WriteKeys:
    """Keeps the keys of sources; `random` gives 24 characters that are safe in a URL and nobody can guess."""

    def __init__(self, database: Database, clock: Clock, random: Callable[[], str], sealer: Sealer) -> None:
        self._store = DefinitionStore(database)
        self._clock = clock
        self._random = random
        self._sealer = sealer

    def of(self, source: str) -> list[Key]:
        """List the keys of a source, the oldest first."""
        keys = map(read_key, self._store.list("write_key"))
        return sorted((key for key in keys if key.source == source), key=lambda key: (key.minted, key.print))

    def provide(self, source: Source) -> list[Minted]:
        """Mint what a source lists and has no key for."""
        _ = self._sealer.hash_key  # made here if need be, before anybody can send or read with it
        now = self._clock()
        there = {(key.label, key.kind) for key in self.of(source.id) if key.holds(now)}
        wanted = _listed(source).items()
        return [self._mint(source.id, label, kind) for label, kind in wanted if (label, kind) not in there]

    def mint(self, source: Source, label: str) -> Minted:
        """Give a source another key of a label; those there are stay valid. Raises InvalidRequestError."""
        kind = _kind_of(source, label)
        if len(self.of(source.id)) >= MOST:
            raise InvalidRequestError(f"a source keeps at most {MOST} keys: revoke those that nobody needs")
        return self._mint(source.id, label, kind)

    def rotate(self, source: Source, label: str, *, overlap: int) -> Minted:
        """
        Mint a key of a label and let those there are end when the overlap (microseconds) is over.

        Those that have ended already go. Raises InvalidRequestError, ConflictingEditError.
        """
        _kind_of(source, label)
        now = self._clock()
        standing = [key for key in self.of(source.id) if key.label == label]
        for key in standing:
            if not key.holds(now):
                self.revoke(source.id, key.print)
        minted = self.mint(source, label)
        for key in standing:
            if key.holds(now) and key.holds(now + overlap):
                self._put(replace(key, ends=now + overlap))
        return minted

    def revoke(self, source: str, print: str) -> None:
        """Take a key away for good. Raises NotFoundError."""
        found = next((key for key in self.of(source) if key.print == print), None)
        if found is None:
            raise NotFoundError("the source has no write key with this print")
        try:
            self._store.delete(to_definition(found))
        except ConflictError:
            return  # somebody else revoked it first

    def revoke_all(self, source: str) -> None:
        """Take away all keys of a source."""
        for key in self.of(source):
            self.revoke(source, key.print)

    def used(self) -> Mapping[str, str]:
        """Tell the last day on which each key was used, by its print."""
        return self._store.used()

    def _mint(self, source: str, label: str, kind: Kind) -> Minted:
        text = PREFIXES[kind] + self._random()
        key = Key(
            print=key_print(text),
            source=source,
            label=label,
            kind=kind,
            minted=self._clock(),
            text=text if kind == "public" else None,
            sealed=self._seal(source, text) if kind == "signing" else None,
        )
        self._put(key)
        return Minted(key=key, text=text)

    def _seal(self, source: str, text: str) -> str:
        self._sealer.prepare([SIGNING])
        return b64encode(self._sealer.seal(SIGNING, source, text.encode())).decode()

    def _put(self, key: Key) -> None:
        try:
            self._store.put(to_definition(key))
        except ConflictError:
            raise ConflictingEditError("somebody changed the keys meanwhile: look at them again") from None


def _listed(source: Source) -> dict[str, Kind]:
    """Say which kind of key a source has under which label."""
    listed: dict[str, Kind] = {rule.label: rule.kind for rule in source.keys}
    return listed if source.signing == "off" else {**listed, SIGNING: "signing"}


def _kind_of(source: Source, label: str) -> Kind:
    listed = _listed(source)
    if label not in listed:
        raise InvalidRequestError(f"the source lists no key with this label: it has {', '.join(listed)}")
    return listed[label]


def read_key(definition: Definition) -> Key:
    """Read a key as it is kept."""
    content = definition.content
    return Key(
        print=definition.id,
        source=str(content["source"]),
        label=str(content.get("label", "default")),
        kind=content.get("kind", "public"),
        minted=int(content.get("minted", definition.changed)),
        ends=content.get("ends"),
        text=content.get("key"),
        sealed=content.get("sealed"),
        version=definition.version,
    )


def to_definition(key: Key) -> Definition:
    """Lay a key out to be kept."""
    content: dict[str, Any] = {
        "source": key.source,
        "label": key.label,
        "kind": key.kind,
        "minted": key.minted,
        "ends": key.ends,
        "key": key.text,
        "sealed": key.sealed,
    }
    said = {name: value for name, value in content.items() if value is not None}
    return Definition(kind="write_key", id=key.print, content=said, changed=key.minted, version=key.version)
