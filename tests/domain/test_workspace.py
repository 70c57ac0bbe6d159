"""The settings of the workspace are live as soon as they stand, and processes see that they changed."""

from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.domain.calendars import Calendar
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace, parse_workspace
from regulars.errors import DefinitionError
from regulars.pipeline.live import LiveCatalog
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition


def a_change(content: dict[str, Any], version: int = 0) -> Definition:
    """Build an edit of the settings."""
    return Definition(kind="workspace", id="settings", content=content, version=version)


def test_days_are_those_of_its_zone() -> None:
    assert parse_workspace({"zone": "Europe/Berlin"}).calendar == Calendar("Europe/Berlin")


def test_without_settings_days_are_utc_and_money_has_no_currency() -> None:
    assert CatalogStore(MemoryDatabase()).live().workspace == DEFAULT_WORKSPACE == Workspace(zone="UTC", currency=None)


def test_a_process_sees_a_change_of_the_settings() -> None:
    store = CatalogStore(MemoryDatabase())
    live = LiveCatalog(store)
    before = live.now()

    store.put(a_change({"zone": "Europe/Berlin"}))
    berlin = live.now()
    store.put(a_change({"zone": "Asia/Tokyo"}, version=1))
    tokyo = live.now()

    assert [one.workspace.zone for one in (before, berlin, tokyo)] == ["UTC", "Europe/Berlin", "Asia/Tokyo"]
    assert before.version < berlin.version < tokyo.version


def test_what_is_live_besides_stays() -> None:
    store = CatalogStore(MemoryDatabase())
    store.put(Definition(kind="segment", id="buyers", content={"where": {"event": "Order Completed"}}))

    store.put(a_change({"currency": "EUR"}))

    assert [segment.id for segment in store.live().segments] == ["buyers"]
    assert store.live().watches.by_event.keys() == {"Order Completed"}


@pytest.mark.parametrize("zone", ["Europe", "localtime/..", "/etc/localtime", "utc\0", "x" * 5_000, ["UTC"]])
def test_what_is_no_zone_is_refused_with_its_place(zone: object) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_workspace({"zone": zone})

    assert refused.value.path == "zone"
