"""Identity rules are read from the catalog, and cannot take the kinds that mean something else."""

from dataclasses import replace
from typing import Any

import pytest

from regulars.domain.identity_definitions import check_successor, parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.errors import DefinitionError


@pytest.mark.parametrize("kind", ["nobody", "p_user", "Phone", "", "a" * 41, "a:b"])
def test_refuses_a_kind_that_no_owner_may_have(kind: str) -> None:
    rules = [{"kind": "user_id", "from": ["userId"], "limit": 1}, {"kind": kind, "from": ["traits.phone"]}]

    with pytest.raises(DefinitionError) as error:
        parse_rules({"identifiers": rules})
    assert error.value.path == "identifiers[1].kind"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"from": "traits.card"}, "identifiers[1].from: is a list of one or more paths"),
        ({"from": ["traits.card", 5]}, "identifiers[1].from[1]: is a path of names with dots between them"),
        (
            {"when": {"context.os": 5}},
            'identifiers[1].when.context.os: is true, false, or a text of 1 to 200 characters, such as "ios"',
        ),
        ({"when": {5: "ios"}}, "identifiers[1].when: is a path of names with dots between them"),
        ({"known": "yes"}, "identifiers[1].known: is true or false"),
        ({"blocked": [0]}, 'identifiers[1].blocked[0]: is a text: write it in quotes, such as "0"'),
        ({"blocked": "0"}, 'identifiers[1].blocked: is a list of texts and patterns, such as ["0000"'),
        ({"froms": ["x"]}, "identifiers[1]: does not know froms; it takes kind, from, limit, known, when, blocked"),
    ],
)
def test_says_which_field_is_wrong_and_what_it_is(fields: dict[str, Any], complaint: str) -> None:
    card = {"kind": "loyalty.card", "from": ["traits.card"], **fields}
    rules = [{"kind": "user_id", "from": ["userId"], "limit": 1}, card]

    with pytest.raises(DefinitionError) as error:
        parse_rules({"identifiers": rules})
    assert str(error.value).startswith(complaint)


def test_says_where_the_new_kinds_of_a_release_go_in_older_rules() -> None:
    """An older file has seven kinds; the one that comes with the project has the new ones in their place by name."""
    new = {"android.idfa", "ga_client_id", "ios.idfa"}
    kept = tuple(rule for rule in DEFAULT_RULES.rules if rule.kind not in new)
    more = tuple(rule for rule in DEFAULT_RULES.rules if rule.kind in new)
    older = replace(DEFAULT_RULES, rules=kept)

    check_successor(older, replace(DEFAULT_RULES, rules=kept + more))
    with pytest.raises(DefinitionError) as error:
        check_successor(older, DEFAULT_RULES)
    assert error.value.message.endswith("write android.idfa, ga_client_id, ios.idfa below ios.push_token")


def test_an_account_is_nobody() -> None:
    company = {"kind": "group_id", "from": ["groupId"]}
    rules = parse_rules({"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 1}, company]})

    check_successor(rules, rules)
    with pytest.raises(DefinitionError, match="would make colleagues one"):
        check_successor(None, rules)


def test_the_order_of_conditions_says_nothing() -> None:
    conditions = {"context.device.type": "ios", "context.device.adTrackingEnabled": True}
    one, other = (
        parse_rules({"identifiers": [{"kind": "user_id", "limit": 1, "when": dict(each)}]})
        for each in (conditions.items(), reversed(conditions.items()))
    )

    assert one == other
