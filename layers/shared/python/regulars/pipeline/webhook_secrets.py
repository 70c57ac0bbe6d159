"""Secrets of webhooks: made here, told once, kept sealed, and changed with two that hold for a day."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from regulars.domain.instants import DAY
from regulars.domain.webhooks import key_of, new_secret, secret_print
from regulars.domain.write_keys import SIGNING
from regulars.errors import ConflictError, ConflictingEditError, InvalidRequestError, NotFoundError
from regulars.pipeline.ports import Clock, Sealer
from regulars.stores.database import Database
from regulars.stores.definitions import Definition, DefinitionStore

OVERLAP = DAY
MOST = 10  # of a webhook, those included that have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret as it is kept: sealed under the vault's key of the owner `signing`; it is nobody's from `ends` on."""

    print: str
    webhook: str
    minted: int
    sealed: bytes
    ends: int | None = None
    version: int = 0

    def holds(self, now: int) -> bool:
        """Say whether it has not ended."""
        return self.ends is None or now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedSecret:
    """A new secret, and all of it: this is the only time that it is seen."""

    secret: Secret
    text: str


class WebhookSecrets:
    """Keeps the secrets of webhooks; `random` gives 24 characters that nobody can guess."""

    def __init__(self, database: Database, clock: Clock, random: Callable[[], str], sealer: Sealer) -> None:
        self._store = DefinitionStore(database)
        self._clock = clock
        self._random = random
        self._sealer = sealer

    def of(self, webhook: str) -> list[Secret]:
        """List the secrets of a webhook, the newest first."""
        found = (_read(one) for one in self._store.list("webhook_secret") if one.content["webhook"] == webhook)
        return sorted(found, key=_age, reverse=True)

    def provide(self, webhook: str) -> MintedSecret | None:
        """Give a webhook its first secret; None where it has one."""
        now = self._clock()
        return None if any(one.holds(now) for one in self.of(webhook)) else self._mint(webhook)

    def rotate(self, webhook: str) -> MintedSecret:
        """
        Mint a secret; those there are end in 24 hours, and until then each call is signed with them too.

        Those that have ended already go. Raises InvalidRequestError, ConflictingEditError.
        """
        now = self._clock()
        standing = [one for one in self.of(webhook) if one.holds(now)]
        for one in self.of(webhook):
            if not one.holds(now):
                self.revoke(webhook, one.print)
        if len(standing) >= MOST:
            raise InvalidRequestError(f"a webhook keeps at most {MOST} secrets: revoke those that nobody checks by")
        minted = self._mint(webhook)
        for one in standing:
            if one.holds(now + OVERLAP):
                self._put(replace(one, ends=now + OVERLAP))
        return minted

    def revoke(self, webhook: str, print: str) -> None:
        """Take a secret away for good. Raises NotFoundError."""
        found = next((one for one in self.of(webhook) if one.print == print), None)
        if found is None:
            raise NotFoundError("the webhook has no secret with this print")
        try:
            self._store.delete(_definition(found))
        except ConflictError:
            return  # somebody else revoked it first

    def revoke_all(self, webhook: str) -> None:
        """Take away all secrets of a webhook."""
        for one in self.of(webhook):
            self.revoke(webhook, one.print)

    def _mint(self, webhook: str) -> MintedSecret:
        text = new_secret(self._random())
        self._sealer.prepare([SIGNING])
        sealed = self._sealer.seal(SIGNING, _bound_to(webhook), text.encode())
        secret = Secret(print=secret_print(text), webhook=webhook, minted=self._clock(), sealed=sealed)
        self._put(secret)
        return MintedSecret(secret=secret, text=text)

    def _put(self, secret: Secret) -> None:
        try:
            self._store.put(_definition(secret))
        except ConflictError:
            raise ConflictingEditError("somebody changed the secrets meanwhile: look at them again") from None


class SigningKeys:
    """Gives what calls of a webhook are signed with."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._store = DefinitionStore(database)
        self._sealer = sealer
        self._clock = clock

    def signing_secrets(self, webhook: str) -> Sequence[bytes]:
        """Open the secrets of a webhook that hold now, the newest first; each call is signed with all of them."""
        now = self._clock()
        kept = (_read(one) for one in self._store.list("webhook_secret") if one.content["webhook"] == webhook)
        holding = sorted((one for one in kept if one.holds(now)), key=_age, reverse=True)
        opened = (self._sealer.open(SIGNING, _bound_to(webhook), one.sealed) for one in holding)
        return [key_of(text.decode()) for text in opened if text]


def _age(secret: Secret) -> tuple[bool, int, str]:
    """Order secrets by age: one without an end is newer than those that it has replaced."""
    return secret.ends is None, secret.minted, secret.print


def _bound_to(webhook: str) -> str:
    return f"webhook {webhook}"


def _read(definition: Definition) -> Secret:
    content = definition.content
    return Secret(
        print=definition.id,
        webhook=str(content["webhook"]),
        minted=int(content["minted"]),
        sealed=b64decode(content["sealed"]),
        ends=content.get("ends"),
        version=definition.version,
    )


def _definition(secret: Secret) -> Definition:
    content = {"webhook": secret.webhook, "minted": secret.minted, "sealed": b64encode(secret.sealed).decode()}
    ends = {} if secret.ends is None else {"ends": secret.ends}
    return Definition(
        kind="webhook_secret",
        id=secret.print,
        content={**content, **ends},
        changed=secret.minted,
        version=secret.version,
    )
