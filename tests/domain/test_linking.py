"""What becomes of the identifiers of one event: limits in rolling windows, kinds kept apart, claims without proof."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.claims import Refused
from regulars.domain.evidence import Evidence, to_read, weigh
from regulars.domain.identifiers import kind_of
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.instants import DAY
from regulars.domain.linking import Attach, Decision, Merge, decide
from regulars.domain.profiles import Link, Profile

AT = 1_000 * DAY
USER: dict[str, Any] = {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True}


def some_rules(*more: Mapping[str, Any], **top: Any) -> IdentityRules:
    email = {"kind": "email", "from": ["traits.email"], "known": True}
    return parse_rules({"identifiers": [USER, email, *more], **top})


def deciding(
    links: Sequence[str], rules: IdentityRules, *profiles: Sequence[Link], proven: bool = True, at: int = AT
) -> Decision:
    """Decide as the resolver does: it reads the links of the event, and those that the decision asks for."""
    attached = {link.owner: link for group in profiles for link in group}
    roots = {
        group[0].profile_id: Profile(
            profile_id=group[0].profile_id, owners=tuple(sorted(link.owner for link in group)), since=index
        )
        for index, group in enumerate(profiles)
    }
    homes = {owner: attached[owner].profile_id for owner in links if owner in attached}
    met = {name: profile for name, profile in roots.items() if name in homes.values()}
    wanted = {owner for owner in links if owner in attached} | to_read(links, homes, met, rules, proven=proven)
    evidence = weigh([attached[owner] for owner in wanted], met, rules, at=at, proven=proven)
    return decide(links, homes, met, rules, evidence)


def a_profile(*owners: str, since: int | Mapping[str, int] = AT - DAY, proven: bool = False) -> list[Link]:
    dates = since if isinstance(since, Mapping) else dict.fromkeys(owners, since)
    return [
        Link(owner=owner, profile_id=f"p_{owners[0]}", since=dates.get(owner, AT - DAY), proven=proven)
        for owner in owners
    ]


WEEKLY = some_rules({"kind": "card", "limit": {"count": 2, "within": "7 days"}})


def test_an_attachment_as_old_as_the_window_counts_no_more() -> None:
    since = {"card:1": AT - 7 * DAY, "card:2": AT - 7 * DAY + 1}

    decision = deciding(["user_id:u", "card:3"], WEEKLY, a_profile("user_id:u", "card:1", "card:2", since=since))

    assert decision == Decision(Attach("p_user_id:u", ("card:3",), "user_id:u"))


def test_younger_attachments_are_at_the_limit() -> None:
    since = {"card:1": AT - 7 * DAY + 1, "card:2": AT}

    decision = deciding(["user_id:u", "card:3"], WEEKLY, a_profile("user_id:u", "card:1", "card:2", since=since))

    assert decision == Decision(None, (Refused("card:3", "card"),))


def test_links_are_read_only_of_a_kind_that_would_be_over_its_limit() -> None:
    profile = Profile(profile_id="p", owners=("card:1", "email:e", "user_id:u"))
    read = [
        to_read(links, {"user_id:u": "p"}, {"p": profile}, WEEKLY, proven=True)
        for links in (["user_id:u", "card:2"], ["user_id:u", "card:2", "card:3"])
    ]

    assert read == [frozenset(), {"card:1"}]


owners = st.sampled_from([f"card:{number}" for number in range(6)])
histories = st.dictionaries(owners, st.integers(0, 20), max_size=5)


@given(
    histories, histories, st.lists(owners, min_size=1, max_size=4, unique=True), st.integers(1, 3), st.integers(1, 9)
)
def test_a_rolling_limit_is_that_of_a_plain_count(
    one: dict[str, int], other: dict[str, int], cards: list[str], limit: int, days: int
) -> None:
    """Drop from the end until no more than the limit are new or younger than the window: nothing else is the rule."""
    rules = some_rules({"kind": "card", "limit": {"count": limit, "within": f"{days} days"}})
    rest = {owner: age for owner, age in other.items() if owner not in one}
    groups = {"p_email:e": one, "p_user_id:u": rest}
    links = ["user_id:u", "email:e", *cards]

    decision = deciding(links, rules, aged("email:e", one), aged("user_id:u", rest))

    assert len(links) - len(decision.refused) == kept(links, groups, limit, days)


def aged(name: str, ages: Mapping[str, int]) -> list[Link]:
    return a_profile(name, *ages, since={owner: AT - age * DAY for owner, age in ages.items()})


def kept(links: Sequence[str], groups: Mapping[str, Mapping[str, int]], limit: int, days: int) -> int:
    for number in range(len(links), 1, -1):
        named = set(links[:number])
        touched = [ages for name, ages in groups.items() if named & {name[2:], *ages}]
        ages = {owner: age for group in touched for owner, age in group.items()}
        cards = {owner for owner in (*named, *ages) if kind_of(owner) == "card"}
        young = [owner for owner in cards if ages.get(owner, 0) < days]
        changes = len(touched) > 1 or not cards <= ages.keys()
        if not changes or len(young) <= limit:
            return number
    return 1


APART = some_rules(
    {"kind": "ga_client_id", "from": ["x"]}, {"kind": "card", "from": ["y"]}, never=[["ga_client_id", "email"]]
)


def test_kinds_that_never_join_lose_the_lower_one_and_keep_what_is_below_it() -> None:
    decision = deciding(["email:e", "ga_client_id:g", "card:1"], APART)

    assert decision == Decision(Attach(None, ("email:e", "card:1"), "email:e"), (Refused("ga_client_id:g", "never"),))


def test_kinds_that_never_join_and_are_together_already_are_left_so() -> None:
    decision = deciding(["email:e", "ga_client_id:g"], APART, a_profile("email:e", "ga_client_id:g"))

    assert decision == Decision(None)


def test_kinds_that_never_join_do_not_merge_their_profiles() -> None:
    decision = deciding(["email:e", "ga_client_id:g"], APART, a_profile("email:e"), a_profile("ga_client_id:g"))

    assert decision == Decision(None, (Refused("ga_client_id:g", "never"),))


MINE_AND_YOURS = ("user_id:mine", "email:yours")
KNOWN = some_rules({"kind": "anonymous_id", "from": ["anonymousId"]})


def test_a_claim_without_proof_may_bring_a_device() -> None:
    proven = a_profile("user_id:u", "email:e", proven=True)

    assert deciding(["user_id:u", "anonymous_id:a"], KNOWN, proven, proven=False) == Decision(
        Attach("p_user_id:u", ("anonymous_id:a",), "user_id:u")
    )
    assert deciding(
        ["user_id:u", "anonymous_id:a"], KNOWN, proven, a_profile("anonymous_id:a"), proven=False
    ) == Decision(Merge("p_user_id:u", "p_anonymous_id:a", ("user_id:u", "anonymous_id:a")))


def test_a_claim_without_proof_gives_a_proven_person_no_other_name_and_still_a_device() -> None:
    decision = deciding(
        ["user_id:u", "email:mine", "anonymous_id:a"], KNOWN, a_profile("user_id:u", proven=True), proven=False
    )

    assert decision.step == Attach("p_user_id:u", ("anonymous_id:a",), "user_id:u")
    assert decision.refused == (Refused("email:mine", "unproven"),)


def test_a_claim_without_proof_merges_no_known_profile_with_a_proven_one() -> None:
    mine, yours = a_profile("user_id:mine", "anonymous_id:a"), a_profile("email:yours", "anonymous_id:b", proven=True)

    decision = deciding(["user_id:mine", "email:yours"], KNOWN, mine, yours, proven=False)

    assert decision == Decision(None, (Refused("email:yours", "unproven"),))


def test_a_proven_claim_may_do_what_the_limits_allow() -> None:
    mine, yours = a_profile("user_id:mine"), a_profile("email:yours", proven=True)

    assert deciding(["user_id:mine", "email:yours"], KNOWN, mine, yours).step == Merge(
        "p_user_id:mine", "p_email:yours", MINE_AND_YOURS
    )


def test_where_nothing_was_ever_proven_claims_count_as_they_are() -> None:
    mine, yours = a_profile("user_id:mine"), a_profile("email:yours")

    decision = deciding(["user_id:mine", "email:yours"], KNOWN, mine, yours, proven=False)

    assert decision == Decision(Merge("p_user_id:mine", "p_email:yours", MINE_AND_YOURS))


def test_a_device_that_was_proven_guards_nobody() -> None:
    decision = deciding(["email:e", "anonymous_id:a"], KNOWN, a_profile("anonymous_id:a", proven=True), proven=False)

    assert decision.refused == ()


def test_without_evidence_every_attachment_counts() -> None:
    assert Evidence(at=AT).count(["card:1", "card:2"], 7 * DAY) == 2
