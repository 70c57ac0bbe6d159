"""Contexts are sorted once for all calls that share one, and come out as if each had been sorted by itself."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.contexts import Contexts, sort_context
from regulars.domain.telling import Own

TEXTS = st.sampled_from(["", "en", "customer-17", "CUSTOMER-17", "ada@example.com", "/a?b=c", "42", "ann"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(40, 43) | st.floats(0, 50) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "id", "path"]), inner),
    max_leaves=5,
)
CONTEXTS = st.dictionaries(st.sampled_from(["campaign", "page", "app", "ip", "consent", "locale"]), VALUES)
OWNS = st.lists(st.sampled_from(["customer-17", "42", "ann", "somebody-else"]), max_size=2).map(Own.of)


@given(calls=st.lists(st.tuples(st.integers(0, 2), OWNS), max_size=8), contexts=st.lists(CONTEXTS, min_size=3))
def test_sorts_a_shared_context_as_it_would_one_by_itself(
    calls: list[tuple[int, Own]], contexts: list[dict[str, Any]]
) -> None:
    shared = Contexts()

    for which, own in calls:
        assert repr(shared.sort(contexts[which], own)) == repr(sort_context(contexts[which], own))


def test_seals_what_tells_one_person_though_another_shares_the_context() -> None:
    shared, context = Contexts(), {"campaign": {"name": "for customer-17"}}

    assert shared.sort(context, Own.of(["somebody-else"])) == (context, {})
    assert shared.sort(context, Own.of(["customer-17"])) == ({"campaign": {}}, context)


def test_tells_one_from_true_and_from_another_number() -> None:
    shared, nobody = Contexts(), Own()

    found = [shared.sort({"screen": {"width": value}}, nobody)[0]["screen"]["width"] for value in (1, True, 1.0)]
    assert [repr(value) for value in found] == ["1", "True", "1.0"]
