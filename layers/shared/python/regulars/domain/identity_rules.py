"""Identity rules: which values of a call name a person, in which order they count, and how much they tie together."""

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.domain.identifiers import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRule:
    """
    How one kind of identifier is read and how much it may tie together.

    `paths` are looked up in the call in order, `limit` is how many values of the kind one profile may hold, `known`
    says that a profile with it is no anonymous one, `when` a path and the value it must have.
    """

    kind: str
    paths: tuple[str, ...]
    limit: int = 5
    known: bool = False
    when: tuple[str, str] | None = None
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRules:
    """The rules of a workspace, highest priority first."""

    rules: tuple[IdentifierRule, ...]
    max_merges: int = 100
    max_identifiers: int = 1_000

    def rule(self, kind: str) -> IdentifierRule | None:
        """Find the rule of a kind."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    def limit(self, kind: str) -> int:
        """How many values of a kind one profile may hold."""
        rule = self.rule(kind)
        return rule.limit if rule else 5

    def is_known(self, owners: Iterable[str]) -> bool:
        """Say whether one of the owners makes its profile a known one."""
        kinds = {rule.kind for rule in self.rules if rule.known}
        return any(kind_of(owner) in kinds for owner in owners)


def _device(kind: str, path: str, device: str) -> IdentifierRule:
    return IdentifierRule(kind=kind, paths=(path,), when=("context.device.type", device))


DEFAULT_RULES = IdentityRules(
    rules=(
        IdentifierRule(kind="user_id", paths=("userId",), limit=1, known=True),
        IdentifierRule(kind="email", paths=("traits.email", "context.traits.email"), known=True),
        _device("android.id", "context.device.id", "android"),
        _device("android.push_token", "context.device.token", "android"),
        IdentifierRule(kind="anonymous_id", paths=("anonymousId",)),
        _device("ios.id", "context.device.id", "ios"),
        _device("ios.push_token", "context.device.token", "ios"),
    )
)
