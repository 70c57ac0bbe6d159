"""One script tag is the whole installation, in a real browser."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.asset import lay_out
from tests.e2e.browser.browser import Browser, Visitor
from tests.e2e.stand_in import WRITE_KEY, StandIn

pytestmark = pytest.mark.e2e

SRC = f"/analytics.js/v1/{WRITE_KEY}/analytics.min.js"
TAG = f'<script src="{SRC}"></script>'
SNIPPET = """<script>
analytics = window.analytics = window.analytics || [];
analytics.invoked = true;
analytics.factory = (name) => (...values) => (analytics.push([name, ...values]), analytics);
for (const name of ["page", "track", "identify", "reset", "ready"]) analytics[name] = analytics.factory(name);
analytics.load = (key, options) => {
  const tag = document.createElement("script");
  tag.async = true;
  tag.src = `/analytics.js/v1/${key}/analytics.min.js`;
  document.head.append(tag);
  analytics._loadOptions = options;
};
</script>"""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """A door that keeps what it is sent."""
    with StandIn(lay_out(tmp_path_factory.mktemp("asset"))) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def browser(stand_in: StandIn) -> Iterator[Browser]:
    """A browser that reaches nothing but the door."""
    with Browser(stand_in.origin) as browser:
        yield browser


@pytest.fixture
def visit(stand_in: StandIn, browser: Browser) -> Iterator[Callable[[str], Visitor]]:
    """Open a page with this content."""
    visitor = browser.visitor()
    stand_in.calls.clear()

    def open_page(content: str) -> Visitor:
        stand_in.pages["/page"] = f"<!doctype html><title>A page</title><body>{content}</body>"
        visitor.go("/page")
        return visitor

    yield open_page
    visitor.leave()


def eventually(is_so: Callable[[], Any], within: float = 10) -> bool:
    """Wait until something is so."""
    deadline = time.monotonic() + within
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(is_so())


@pytest.mark.parametrize("tag", [TAG, TAG.replace("<script", "<script async"), TAG.replace("<script", "<script defer")])
def test_takes_calls_after_it_has_loaded(stand_in: StandIn, visit: Callable[[str], Visitor], tag: str) -> None:
    visitor = visit(tag)
    visitor.run("analytics.ready(() => analytics.track('Late'))")

    assert eventually(lambda: stand_in.events() == ["Late"])


def test_takes_calls_before_it_has_loaded(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    visit(TAG + "<script>analytics.identify('ann'); analytics.track('Early', {n: 1}); analytics.page()</script>")

    assert eventually(lambda: sorted(stand_in.events()) == ["Early", "identify", "page"])


def test_plays_a_plain_list_of_calls_when_it_comes_late(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    early = "<script>(window.analytics = window.analytics || []).push(['track', 'Early'])</script>"
    visit(early + TAG.replace("<script", "<script async"))

    assert eventually(lambda: stand_in.events() == ["Early"])


def test_remembers_the_page_of_an_early_call(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    move = "<script>analytics.track('Early'); history.pushState(null, '', '/elsewhere')</script>"
    visit(TAG + move)

    assert eventually(lambda: stand_in.calls)
    assert stand_in.calls[0][1]["context"]["page"]["path"] == "/page"


def test_counts_the_page_view_when_the_tag_says_so(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    visit(TAG.replace("<script", "<script data-page"))

    assert eventually(lambda: stand_in.events() == ["page"])


def test_takes_another_name_than_analytics(visit: Callable[[str], Visitor]) -> None:
    # What the SDK does with it needs https: over http it looks for its own origin under the usual name only.
    visitor = visit(TAG.replace("<script", '<script data-global-segment-analytics-key="cdp"'))

    assert visitor.run("typeof cdp.track") == "function"
    assert visitor.run("typeof window.analytics") == "undefined"


def test_keeps_a_reference_that_a_page_took_early(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    visitor = visit(TAG + "<script>early = window.analytics</script>")
    visitor.run("new Promise((done) => analytics.ready(done)).then(() => early.track('By the old name'))")

    assert eventually(lambda: stand_in.events() == ["By the old name"])


def test_asks_nobody_but_the_origin_of_the_tag(stand_in: StandIn, visit: Callable[[str], Visitor]) -> None:
    visitor = visit(TAG + "<script>analytics.track('Any')</script>")

    assert eventually(lambda: stand_in.events() == ["Any"])
    assert visitor.complaints == []
    assert {request["url"].startswith(stand_in.origin) for request in visitor.requests} == {True}


def test_says_what_is_wrong_when_it_is_there_twice(visit: Callable[[str], Visitor]) -> None:
    visitor = visit(TAG + "<script>analytics.ready(() => document.title = 'ready')</script>")
    assert eventually(lambda: visitor.run("document.title") == "ready")
    visitor.run(f"document.head.append(Object.assign(document.createElement('script'), {{src: '{SRC}'}}))")

    assert eventually(lambda: any("twice" in complaint for complaint in visitor.complaints))


@pytest.mark.parametrize("strategy", ["standard", "batching"])
def test_serves_a_page_with_the_snippet(stand_in: StandIn, visit: Callable[[str], Visitor], strategy: str) -> None:
    options = (
        f"{{integrations: {{'Segment.io': {{deliveryStrategy: {{strategy: '{strategy}', config: {{size: 2}}}}}}}}}}"
    )
    calls = "analytics.track('One'); analytics.track('Two')"
    visit(f"{SNIPPET}<script>analytics.load('{WRITE_KEY}', {options}); {calls}</script>")

    assert eventually(lambda: sorted(stand_in.events()) == ["One", "Two"])
    assert {path for path, _ in stand_in.calls} == {"/v1/b" if strategy == "batching" else "/v1/t"}


def test_loads_a_bundle_from_the_same_origin(visit: Callable[[str], Visitor], stand_in: StandIn) -> None:
    visitor = visit(TAG)
    visitor.go("/page?ajs_uid=ann&ajs_event=Clicked")

    assert eventually(lambda: "Clicked" in stand_in.events())
    bundles = [request["pathname"] for request in visitor.requests if "/analytics-next/" in request["pathname"]]
    assert len(bundles) == 1
