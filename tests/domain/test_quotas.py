"""Quotas are read from a source, judged by what was used, and name no address."""

from collections import Counter
from typing import Any

import pytest

from regulars.domain.instants import DAY
from regulars.domain.quotas import DEFAULT_QUOTAS, Excess, Quota, judge, name_address
from regulars.domain.sources import parse_source
from regulars.errors import DefinitionError

NOW = 1_767_225_600_000_000  # 2026-01-01
KEY = bytes(32)


def test_a_source_has_generous_quotas_and_says_what_is_other() -> None:
    quotas = {"per_address": {"requests_per_minute": {"defer": 10, "refuse": 20}, "identities_per_hour": {}}}
    source = parse_source("web", {"quotas": quotas})

    assert parse_source("web", {}).quotas == DEFAULT_QUOTAS
    assert source.quotas.per_key == DEFAULT_QUOTAS.per_key
    assert source.quotas.per_address[("requests", "minute")] == Quota(defer=10, refuse=20)
    assert source.quotas.per_address[("identities", "hour")] == Quota()
    assert source.quotas.per_address[("bytes", "minute")] == DEFAULT_QUOTAS.per_address[("bytes", "minute")]


@pytest.mark.parametrize(
    ("quotas", "complaint"),
    [
        ([], "quotas: is an object with per_key, per_address or both"),
        ({"per_person": {}}, "quotas: does not know per_person; it takes per_key, per_address"),
        ({"per_key": {"requests": 5}}, "quotas.per_key: does not know requests; it takes requests_per_minute"),
        ({"per_key": {"requests_per_minute": 5}}, "quotas.per_key.requests_per_minute: is an object with defer"),
        ({"per_key": {"requests_per_minute": {"defer": 0}}}, "quotas.per_key.requests_per_minute.defer: is a whole"),
        ({"per_key": {"bytes_per_hour": {"refuse": True}}}, "quotas.per_key.bytes_per_hour.refuse: is a whole number"),
        ({"per_key": {"bytes_per_hour": {"defer": 5, "refuse": 5}}}, "quotas.per_key.bytes_per_hour.refuse: is more"),
    ],
)
def test_says_what_is_wrong_with_quotas(quotas: Any, complaint: str) -> None:
    with pytest.raises(DefinitionError) as error:
        parse_source("web", {"quotas": quotas})
    assert str(error.value).startswith(complaint)


@pytest.mark.parametrize(
    ("requests", "size", "excess"),
    [
        (10, 100, None),
        (11, 100, Excess("requests_per_minute", is_refused=False)),
        (10, 101, Excess("bytes_per_minute", is_refused=True)),
        (11, 101, Excess("bytes_per_minute", is_refused=True)),
        (21, 0, Excess("requests_per_minute", is_refused=True)),
    ],
)
def test_a_refusal_comes_before_all_else(requests: int, size: int, excess: Excess | None) -> None:
    limits = {
        ("requests", "minute"): Quota(defer=10, refuse=20),
        ("bytes", "minute"): Quota(refuse=100),
        ("requests", "hour"): Quota(refuse=1),
    }

    assert judge(limits, "minute", Counter({"requests": requests, "bytes": size})) == excess  # type: ignore[arg-type]  # a Counter of texts


def test_an_address_has_another_name_each_day_and_in_each_workspace() -> None:
    names = {
        name_address("192.0.2.77", now=NOW, hash_key=KEY),
        name_address("192.0.2.78", now=NOW, hash_key=KEY),
        name_address("192.0.2.77", now=NOW + DAY, hash_key=KEY),
        name_address("192.0.2.77", now=NOW, hash_key=b"k" * 32),
    }

    assert len(names) == 4
    assert name_address("192.0.2.77", now=NOW + DAY - 1, hash_key=KEY) in names
    assert not any("192" in name for name in names)


def test_a_network_of_version_6_is_one_address() -> None:
    one, same, other = (
        name_address(address, now=NOW, hash_key=KEY) for address in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:1::1")
    )

    assert one == same != other


def test_what_is_no_address_is_counted_all_the_same() -> None:
    assert name_address("unknown", now=NOW, hash_key=KEY) == name_address("unknown", now=NOW, hash_key=KEY)


def test_a_process_tells_the_others_after_a_thousandth() -> None:
    assert Quota(defer=60_000, refuse=300_000).share("requests") == 60
    assert Quota(refuse=100).share("requests") == 20
    assert Quota().share("requests") is None
