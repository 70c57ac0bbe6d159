"""Identity rules are read from the catalog, and cannot take the kinds that mean something else."""

import pytest

from regulars.domain.catalog import parse_rules
from regulars.errors import DefinitionError


@pytest.mark.parametrize("kind", ["nobody", "p_user", "Phone", "", "a" * 41, "a:b"])
def test_refuses_a_kind_that_no_owner_may_have(kind: str) -> None:
    rules = [{"kind": "user_id", "from": ["userId"], "limit": 1}, {"kind": kind, "from": ["traits.phone"]}]

    with pytest.raises(DefinitionError) as error:
        parse_rules({"identifiers": rules})
    assert error.value.path == "identifiers[1].kind"
