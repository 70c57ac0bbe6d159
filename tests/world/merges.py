"""One trial of merges under concurrency: many workers resolve events that tie a few identifiers together."""

from collections import defaultdict
from collections.abc import Callable
from random import Random

from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.identity_rules import DEFAULT_RULES, IdentifierRule, IdentityRules
from regulars.domain.profiles import Profile, founder
from regulars.pipeline.resolve import Resolver
from regulars.stores import profiles as profile_rows
from regulars.stores.identities import LINK, link_from_item
from tests.builders import START, an_event
from tests.oracle import components
from tests.world.schedule import Schedule

LIFTED = IdentityRules(
    rules=tuple(
        IdentifierRule(kind=rule.kind, paths=rule.paths, limit=1_000, known=rule.known) for rule in DEFAULT_RULES.rules
    ),
    max_merges=10_000,
    max_identifiers=10_000,
    max_ties_an_hour=10_000,
)


def ties(random: Random, number: int, people: int) -> list[Event]:
    """Events that each name two or three of a few identifiers."""
    kinds = ["user_id", "email", "anonymous_id"]
    owners = [f"{kinds[index % 3]}:{index}" for index in range(people)]
    events = []
    for index in range(number):
        links = tuple(
            sorted(
                random.sample(owners, random.choice([1, 2, 2, 3])), key=lambda owner: kinds.index(owner.split(":")[0])
            )
        )
        events.append(an_event(index, links=links, arrival=START + index))
    return events


def trial(seed: int, *, workers: int, rules: IdentityRules, crash: float = 0.02, people: int = 12) -> list[str]:
    """Resolve events by so many workers at once; list what is wrong afterwards."""
    random = Random(seed)
    events = ties(random, workers, people)
    schedule = Schedule(seed, crash=crash)
    database = MemoryDatabase(schedule.hook)
    resolvers = [Resolver(database, Counts(), lambda: 0) for _ in events]
    for resolver in resolvers:
        resolver.live = Live(rules=rules)
    schedule.run([_job(resolver, event) for resolver, event in zip(resolvers, events, strict=True)])
    return faults(database, events, lifted=rules is LIFTED, rules=rules)


def faults(database: MemoryDatabase, events: list[Event], *, lifted: bool, rules: IdentityRules) -> list[str]:
    """List every way in which the profiles are not what they must be."""
    profiles = {profile.profile_id: profile for profile in map(profile_rows.from_item, database.all("profiles"))}
    links = [link_from_item(item) for item in database.all("identities") if item["part"] == LINK]
    found = [f"a cycle through {profile_id}" for profile_id in profiles if not _root(profile_id, profiles)]
    if found:
        return found
    homes: dict[str, str] = {link.owner: _root(link.profile_id, profiles) or "" for link in links}
    live = {profile.profile_id: set(profile.owners) for profile in profiles.values() if not profile.merged_into}
    by_home: dict[str, set[str]] = defaultdict(set)
    for owner, home in homes.items():
        by_home[home].add(owner)
    if by_home != live:
        found.append("the links and the live profiles tell different stories")
    found += [f"{profile_id} holds too many {kind}" for profile_id, kind in _excess(live, rules)]
    if lifted:
        groups = {frozenset(owners) for owners in live.values()}
        alone = {frozenset([event.owner]) for event in events if event.owner not in homes}
        if groups | alone != components(events):
            found.append("the partition is not that of the events")
    return found


def _excess(live: dict[str, set[str]], rules: IdentityRules) -> list[tuple[str, str]]:
    excess = []
    for profile_id, owners in live.items():
        kinds = [owner.split(":")[0] for owner in owners]
        excess += [(profile_id, kind) for kind in set(kinds) if kinds.count(kind) > rules.limit(kind)]
    return excess


def _root(profile_id: str, profiles: dict[str, Profile]) -> str | None:
    seen = set()
    while (profile := profiles.get(profile_id)) and profile.merged_into:
        if profile_id in seen:
            return None
        seen.add(profile_id)
        profile_id = profile.merged_into
    return profile_id if profile_id in profiles else founder(profile_id)


def _job(resolver: Resolver, event: Event) -> Callable[[], None]:
    return lambda: resolver.apply(event.owner, [event], stored=0)
