"""Identity rules: which values of a call name a person, in which order they count, and how much they tie together."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from regulars.domain.blocked_values import NOTHING, Blocked
from regulars.domain.identifiers import kind_of
from regulars.domain.spellings import Path, spellings

DEFAULT_LIMIT = 5
Condition = tuple[str, str | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRule:
    """
    How one kind of identifier is read and how much it may tie together.

    `paths` are looked up in the call in order, besides `context.externalIds`; `when` are paths and the values that all
    of them must have. `limit` is how many values of the kind one profile may hold, ever or attached `within` a time
    (microseconds). `known` says that a profile with it is no anonymous one.
    """

    kind: str
    paths: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    within: int | None = None
    known: bool = False
    when: tuple[Condition, ...] = ()
    blocked: Blocked = NOTHING
    places: tuple[Path, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Take paths apart once, and not for every call."""
        places = (place for path in self.paths for place in spellings(path))
        object.__setattr__(self, "places", tuple(dict.fromkeys(places)))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRules:
    """
    The rules of a workspace, highest priority first.

    `blocked` holds for every kind, `never` are pairs of kinds that no event joins.
    """

    rules: tuple[IdentifierRule, ...]
    blocked: Blocked = NOTHING
    never: frozenset[frozenset[str]] = frozenset()
    max_merges: int = 100
    max_identifiers: int = 1_000
    max_ties_an_hour: int = 20
    known_kinds: frozenset[str] = field(init=False, compare=False, repr=False)
    conditions: tuple[tuple[Path, str | bool], ...] = field(init=False, compare=False, repr=False)
    steps: tuple[tuple[IdentifierRule, int], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """
        List once, and not for every call, which kinds make a profile a known one, and what rules depend on.

        Each of `conditions` is a bit, and `steps` are the rules with the bits that each of them needs.
        """
        distinct = list(dict.fromkeys(each for rule in self.rules for each in rule.when))
        bits = {each: 1 << index for index, each in enumerate(distinct)}
        object.__setattr__(self, "known_kinds", frozenset(rule.kind for rule in self.rules if rule.known))
        object.__setattr__(self, "conditions", tuple((tuple(path.split(".")), value) for path, value in distinct))
        object.__setattr__(self, "steps", tuple((rule, sum(bits[each] for each in rule.when)) for rule in self.rules))

    def rule(self, kind: str) -> IdentifierRule | None:
        """Find the rule of a kind."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    def limit(self, kind: str) -> int:
        """How many values of a kind one profile may hold."""
        rule = self.rule(kind)
        return rule.limit if rule else DEFAULT_LIMIT

    def within(self, kind: str) -> int | None:
        """In which time before an event attachments count against the limit of a kind; None: ever."""
        rule = self.rule(kind)
        return rule.within if rule else None

    def is_known(self, owners: Iterable[str]) -> bool:
        """Say whether one of the owners makes its profile a known one."""
        return any(kind_of(owner) in self.known_kinds for owner in owners)


def _device(kind: str, path: str, device: str, *more: Condition) -> IdentifierRule:
    return IdentifierRule(kind=kind, paths=(path,), when=(*more, ("context.device.type", device)))


_TRACKED: Condition = ("context.device.adTrackingEnabled", True)
DEFAULT_RULES = IdentityRules(
    rules=(
        IdentifierRule(kind="user_id", paths=("userId",), limit=1, known=True),
        IdentifierRule(kind="email", paths=("traits.email", "context.traits.email"), known=True),
        _device("android.id", "context.device.id", "android"),
        _device("android.idfa", "context.device.advertisingId", "android", _TRACKED),
        _device("android.push_token", "context.device.token", "android"),
        IdentifierRule(kind="anonymous_id", paths=("anonymousId",)),
        IdentifierRule(
            kind="ga_client_id",
            paths=("context.integrations.Google Analytics.clientId", "integrations.Google Analytics.clientId"),
        ),
        _device("ios.id", "context.device.id", "ios"),
        _device("ios.idfa", "context.device.advertisingId", "ios", _TRACKED),
        _device("ios.push_token", "context.device.token", "ios"),
    )
)
