"""Caps so small that a handful of events goes past them: what is cut must not depend on who cuts first."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from unittest.mock import patch

from hypothesis import strategies as st

from regulars.domain import needs, orders, state


@contextmanager
def small_cuts() -> Iterator[None]:
    """Keep two traits, lists of three, and in two drawers two orders with one refund."""
    with (
        patch.multiple(orders, DRAWERS=2, MAX_ORDERS=2, MAX_REFUNDS=1),
        patch.multiple(needs, MAX_LIST=3),
        patch.multiple(state, MAX_TRAITS=2, MAX_TRAIT_NAME=8, MAX_TRAIT=6),
    ):
        yield


Cut = Callable[[], AbstractContextManager[None]]
cuts: st.SearchStrategy[Cut] = st.sampled_from([nullcontext, small_cuts])
