"""The demo shop on the running platform, in a real browser."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser.browser import Browser, Visitor
from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN, anonymous_id, buy, fill_in_sign_in, look_at, put_in_cart, sign_in, user_id, wait_for

pytestmark = pytest.mark.e2e

Arrive = Callable[[], Visitor]


def standing(profile: Mapping[str, Any]) -> tuple[int, float]:
    """How many orders stand, and what they come to."""
    return profile["orders"]["count"], profile["orders"]["revenue"]


def names_of(platform: Platform, kind: str, value: str) -> list[str]:
    """Name the events of a person, the oldest first."""
    return [event["event"] or event["type"] for event in reversed(platform.events(kind, value))]


def test_keeps_the_history_of_an_anonymous_visitor_who_signs_in_and_buys(
    platform: Platform, arrive: Arrive, screenshots: Path
) -> None:
    visitor = arrive()
    browser_id = anonymous_id(visitor)
    put_in_cart(visitor, "Guji Filter")
    visitor.sees("[data-segment=just_browsing]")
    visitor.photograph(screenshots / "product.png")
    visitor.click(".cart-link")
    visitor.photograph(screenshots / "cart.png")
    visitor.click("#checkout .primary")
    visitor.sees("#sign-in")
    visitor.photograph(screenshots / "sign-in.png")
    fill_in_sign_in(visitor, "Maya Lind", f"maya-{RUN}@shop.example")
    order = visitor.text("#order")
    visitor.sees("#orders-kept:has-text('1 order, €16.00')")
    visitor.photograph(screenshots / "thanks.png")
    platform.settle()

    profile = platform.profile("user_id", user_id(visitor))
    assert profile
    assert profile["profile_id"] == (platform.profile("anonymous_id", browser_id) or {})["profile_id"]
    assert profile["profile_id"] == (platform.profile("email", f"maya-{RUN}@shop.example") or {})["profile_id"]
    assert sorted(one["kind"] for one in profile["identifiers"]) == ["anonymous_id", "email", "user_id"]
    assert standing(profile) == (1, 16)
    assert profile["traits"]["email"]["value"] == f"maya-{RUN}@shop.example"
    assert profile["traits"]["email"]["source"] == "web"
    events = platform.events("user_id", user_id(visitor))
    told = {"Product Viewed", "Product Added", "Signed Up", "Signed In", "Order Completed"}
    assert told <= {event["event"] for event in events}
    assert [e["properties"]["order_id"] for e in events if e["event"] == "Order Completed"] == [order]


def test_a_refund_takes_the_order_back(platform: Platform, arrive: Arrive, screenshots: Path) -> None:
    visitor = arrive()
    sign_in(visitor, "Rune Back", f"rune-{RUN}@shop.example")
    put_in_cart(visitor, "Hand Grinder")
    buy(visitor)
    visitor.sees("#orders-kept:has-text('€69.00')")
    visitor.click("#refund")
    visitor.sees("text=None that stands.")
    visitor.click(".cart-link")
    visitor.photograph(screenshots / "refunded.png")

    assert standing(platform.profile("user_id", user_id(visitor)) or {}) == (0, 0)


@pytest.mark.parametrize("signs_out", [True, False])
def test_a_second_person_on_the_same_browser_gets_her_own_order_only(
    platform: Platform, arrive: Arrive, *, signs_out: bool
) -> None:
    first, second = f"first-{signs_out}-{RUN}@shop.example", f"second-{signs_out}-{RUN}@shop.example"
    visitor = arrive()
    his = sign_in(visitor, "He", first)
    put_in_cart(visitor, "Quay Mug")
    his_order = buy(visitor)
    if signs_out:
        visitor.click("#account")
    else:
        visitor.run("localStorage.removeItem('shop.account')")
        visitor.click(".brand")
    visitor.sees("#account:has-text('Sign in')")
    hers = sign_in(visitor, "She", second)
    put_in_cart(visitor, "Ceramic Dripper")
    her_order = buy(visitor)
    visitor.sees("#orders-kept:has-text('1 order, €24.00')")
    platform.settle()

    assert his != hers
    for user, order in ((his, his_order), (hers, her_order)):
        events = platform.events("user_id", user)
        assert [e["properties"]["order_id"] for e in events if e["event"] == "Order Completed"] == [order]
    her_profile = platform.profile("user_id", hers)
    assert her_profile
    assert standing(her_profile) == (1, 24)
    assert first not in str(her_profile)
    assert her_profile["profile_id"] != (platform.profile("user_id", his) or {})["profile_id"]


def test_shows_a_segment_entering_and_leaving(arrive: Arrive, screenshots: Path) -> None:
    visitor = arrive()
    look_at(visitor, "Kiambu Peaberry")
    visitor.sees("[data-segment=just_browsing] progress", within=5)
    visitor.sees("[data-left=just_browsing]", within=12.5)
    visitor.photograph(screenshots / "left.png")

    assert visitor.text("[data-left=just_browsing]").startswith("Just browsing")


def test_starting_over_makes_somebody_new(platform: Platform, arrive: Arrive) -> None:
    visitor = arrive()
    before = anonymous_id(visitor)
    sign_in(visitor, "Nova", f"nova-{RUN}@shop.example")
    visitor.click("#forget")
    visitor.sees("#account:has-text('Sign in')")
    after = anonymous_id(visitor)
    look_at(visitor, "Quay Mug")
    found = wait_for(lambda: platform.profile("anonymous_id", after), bool)

    assert before != after
    assert found
    assert [one["kind"] for one in found["identifiers"]] == ["anonymous_id"]
    assert found["traits"] == {}


def test_can_be_used_by_keyboard_alone(platform: Platform, arrive: Arrive) -> None:
    visitor = arrive()
    visitor.run("document.querySelector('.tile button').focus()")
    visitor.press("Enter")
    visitor.run("document.querySelector('#account').focus()")
    visitor.press("Enter")
    for text in ("Kay", f"kay-{RUN}@shop.example"):
        visitor.type(text)
        visitor.press("Tab")
    visitor.press("Enter")
    visitor.sees("#account:has-text('Sign out')")
    visitor.run("document.querySelector('.cart-link').focus()")
    visitor.press("Enter")
    visitor.sees("#checkout")
    visitor.run("document.querySelector('#checkout .primary').focus()")
    visitor.press("Enter")
    visitor.sees("#order")
    platform.settle()

    assert (platform.profile("email", f"kay-{RUN}@shop.example") or {})["orders"]["count"] == 1


def test_says_that_the_platform_has_stopped_and_goes_on_by_itself(arrive: Arrive, screenshots: Path) -> None:
    visitor = arrive()
    look_at(visitor, "Quay Mug")
    visitor.offline(is_so=True)
    visitor.sees(".stopped")
    said = visitor.text(".stopped")
    visitor.photograph(screenshots / "stopped.png")
    visitor.offline(is_so=False)
    visitor.sees(".pulse.good", within=10)
    visitor.sees_no_more(".stopped")

    assert said.startswith("The platform does not answer")
    assert visitor.text(".pulse") != "stopped"


def test_fits_on_a_telephone(browser: Browser, screenshots: Path) -> None:
    visitor = browser.visitor(viewport={"width": 375, "height": 760}, isMobile=True, hasTouch=True)
    visitor.go("/_local/shop/")
    visitor.sees(".pulse.good")
    visitor.photograph(screenshots / "telephone.png")
    widest = visitor.run("document.documentElement.scrollWidth")
    visitor.leave()

    assert widest <= 375


def test_a_page_finds_no_fault_with_the_script(arrive: Arrive) -> None:
    visitor = arrive()
    put_in_cart(visitor, "Filter Papers")
    visitor.click(".cart-link")
    visitor.sees("#checkout")
    nobody_yet = [line for line in visitor.complaints if "404" in line]

    assert len(nobody_yet) <= 4
    assert [line for line in visitor.complaints if "404" not in line] == []


def test_plays_the_unmodified_sdk_in_batches(platform: Platform, browser: Browser) -> None:
    visitor = browser.visitor()
    visitor.go("/_local/shop/")
    visitor.sees(".pulse.good")
    options = "{integrations: {'Segment.io': {deliveryStrategy: {strategy: 'batching', config: {size: 3}}}}}"
    visitor.run(
        f"""new Promise((done) => {{
          window.analytics = [];
          analytics._loadOptions = {options};
          const tag = document.createElement('script');
          tag.src = '/analytics.js/v1/{platform.write_key}/analytics.min.js';
          tag.onload = () => analytics.ready(done);
          document.head.append(tag);
        }})"""
    )
    visitor.run(f"analytics.identify('batch-{RUN}'); analytics.track('One'); analytics.track('Two')")
    wait_for(lambda: [r for r in visitor.requests if r["pathname"] == "/v1/b" and r["method"] == "POST"], bool)
    platform.settle()

    assert set(names_of(platform, "user_id", f"batch-{RUN}")) >= {"identify", "One", "Two"}
    assert {r["status"] for r in visitor.requests if r["pathname"] == "/v1/b"} <= {200, 204}
    visitor.leave()
