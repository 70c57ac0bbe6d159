"""Who is at the door: a key leads to its source, with the settings of the source."""

from typing import Any

import pytest

from regulars.domain.sources import Source
from regulars.errors import UnauthorizedError, UnavailableError
from regulars.pipeline.sources import KEY_HELD, Sources
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY
from tests.pipeline.front_door import FrontDoor


def define(front_door: FrontDoor, **content: Any) -> None:
    """Write the definition of the source `web` over the one that stands."""
    standing = front_door.catalog.get("source", "web")
    version = standing.version if standing else 0
    front_door.catalog.put(Definition(kind="source", id="web", content=content, version=version))


def sources(front_door: FrontDoor) -> Sources:
    """What a fresh process knows of sources."""
    return Sources(front_door.database, lambda: front_door.now)


def test_a_key_leads_to_its_source_with_the_settings(front_door: FrontDoor) -> None:
    define(front_door, name="The shop")

    assert sources(front_door).of(["wk_unknown", WRITE_KEY]) == Source(id="web", name="The shop")


def test_an_unknown_key_leads_nowhere(front_door: FrontDoor) -> None:
    with pytest.raises(UnauthorizedError, match="no known write key"):
        sources(front_door).of(["", "wk_unknown"])


def test_settings_are_read_once_a_minute(front_door: FrontDoor) -> None:
    known = sources(front_door)
    define(front_door, name="Before")
    known.of([WRITE_KEY])
    define(front_door, name="After")

    assert known.of([WRITE_KEY]).name == "Before"
    front_door.now += KEY_HELD
    assert known.of([WRITE_KEY]).name == "After"


def test_a_setting_of_a_newer_release_is_passed_over(front_door: FrontDoor) -> None:
    define(front_door, name="The shop", from_a_newer_release={"some": "setting"})

    assert sources(front_door).of([WRITE_KEY]).name == "The shop"


def test_settings_that_cannot_be_read_cost_no_event(front_door: FrontDoor) -> None:
    define(front_door, name=["from", "a", "newer", "release"])

    with pytest.raises(UnavailableError, match="source web cannot be read: name"):
        sources(front_door).of([WRITE_KEY])


def test_identity_rules_that_cannot_be_read_cost_no_event(front_door: FrontDoor) -> None:
    front_door.database.put("catalog", {"kind": "identity", "id": "rules", "content": '{"identifiers":5}'}, was=0)

    with pytest.raises(UnavailableError, match="identity rules cannot be read"):
        sources(front_door).rules()


def test_a_key_without_a_definition_writes_under_the_id_of_its_source(front_door: FrontDoor) -> None:
    assert sources(front_door).of([WRITE_KEY]) == Source(id="web", name="web")
