"""The ready journeys on the running platform: a real SDK in a browser, real state machines, letters in the catcher."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
import yaml

from tests.e2e.browser.browser import Browser, Visitor
from tests.e2e.desk import Desk
from tests.e2e.place import ROOT
from tests.e2e.platform import Platform
from tests.e2e.publishing import publish, write_template
from tests.e2e.shopping import RUN, look_at, sign_in, wait_for

pytestmark = pytest.mark.e2e

WITHIN = 60.0
# How long holds take, by what their definitions say. What an event is to end takes longer than all of the tests.
LENGTHS = {
    "abandoned_cart": {"1 hour": "5 seconds"},
    "welcome_back": {},
    "win_back": {"14 days": "4 seconds", "10 days": "20 minutes"},
    "post_purchase": {"14 days": "20 minutes"},
    "delivery_problem": {"2 days": "4 seconds"},
}
TIPS: dict[str, Any] = {
    "enter": {"event": "Tips Wanted"},
    "purpose": "newsletter",
    "steps": [
        {"send": {"channel": "email", "template": "welcome"}},
        {"hold": {"at_most": "20 minutes", "until": [{"event": "Tips Read"}]}},
        {"send": {"channel": "email", "template": "what_others_like"}},
        {"send": {"channel": "in_app", "template": "tips_are_in", "purpose": "orders", "class": "transactional"}},
    ],
}
PHONE = "+4917155501" + str(int(RUN, 16) % 100).zfill(2)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The platform as whoever publishes journeys meets it."""

    platform: Platform

    def ask(self, method: str, path: str, body: object = None, role: str = "admin") -> Any:
        """Ask the API something; fail unless it is done."""
        headers = {"authorization": f"Bearer {self.platform.ready['tokens'][role]}"}
        answer = httpx.request(method, self.platform.url + path, headers=headers, json=body, timeout=35)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def publish_all(self) -> None:
        """Publish the ready journeys that nobody enters by coming, their waits short, and one of this test's own."""
        link = "https://shop.example/tips"
        write_template(self.ask, "tips_are_in", "in_app", "Seven ways to brew by hand.", subject="Your tips", link=link)
        for id in LENGTHS:
            self.publish(id)
        publish(self.ask, "tips", TIPS)

    def publish(self, id: str) -> None:
        """Publish a ready journey, its waits as short as a test."""
        definition = yaml.safe_load((ROOT / "catalog" / "journeys" / f"{id}.yaml").read_text())
        definition.pop("holdout", None)
        quicken(definition["steps"], LENGTHS.get(id, {}))
        publish(self.ask, id, definition)

    def agree(self, user: str, matter: str = "newsletter/email") -> None:
        """Record that somebody agreed to letters."""
        purpose, _, channel = matter.partition("/")
        body = {"purpose": purpose, "channel": channel, "state": "granted", "proof": "said so", "reason": "asked"}
        self.ask("POST", f"/v1/profiles/{quote(f'user_id:{user}', safe='')}/consent", body, role="service")

    def letters(self, to: str) -> list[Mapping[str, Any]]:
        """Read what came to an address or a number, oldest first."""
        found = httpx.get(f"{self.platform.url}/_local/mail.json", timeout=35).raise_for_status().json()["messages"]
        return sorted((one for one in found if to in one["to"]), key=lambda one: one["at"])

    def waits_for(self, person: "Person", number: int) -> list[str]:
        """Wait for so many messages; give their subjects, of a text its first word."""
        to = (person.email, PHONE) if person.name == "Dora" else (person.email,)
        read = lambda: [letter for one in to for letter in self.letters(one)]  # noqa: E731
        found = wait_for(read, lambda letters: len(letters) >= number, WITHIN)
        return [one["subject"] or one["text"].partition(" ")[0] for one in found]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser, who has signed in and agreed to letters."""

    name: str
    visitor: Visitor
    user: str
    email: str

    def track(self, event: str, **properties: Any) -> None:
        """Track an event by the SDK of the page."""
        self.visitor.run(f"analytics.track({json.dumps(event)}, {json.dumps(properties)})")


def quicken(steps: list[Any], lengths: Mapping[str, str]) -> None:
    """Let waits take a second, holds what is told, and everybody get the coupon."""
    for step in (one for one in steps if isinstance(one, dict)):
        if "wait" in step:
            step["wait"] = "1 second"
        if "hold" in step:
            step["hold"]["at_most"] = lengths[step["hold"]["at_most"]]
        if "split" in step:
            step["split"] = [part | {"percent": 100} for part in step["split"] if part["name"] == "with_coupon"]
        hold = step.get("hold", {})
        for way in (hold, *hold.get("until", []), *step.get("branch", []), *step.get("split", [])):
            quicken(way.get("steps", []), lengths)
            quicken(way["otherwise"] if isinstance(way.get("otherwise"), list) else [], lengths)


@pytest.fixture(scope="module")
def workspace(platform: Platform) -> Workspace:
    return Workspace(platform)


@pytest.fixture(scope="module")
def desk(workspace: Workspace) -> Iterator[Desk]:
    """Where webhooks go: it makes coupons, and opens cases."""
    with Desk() as found:
        for id in ("coupons", "service_desk"):
            workspace.ask("PUT", f"/v1/webhooks/{id}", {"definition": {"url": f"{found.url}/{id}"}})
        yield found


def comes(browser: Browser, name: str, looks: tuple[str, ...] = (), *, letters: bool = False) -> Person:
    """Let somebody come, look at products and sign up, for letters or for none."""
    visitor = browser.visitor(viewport={"width": 1360, "height": 900})
    visitor.go("/_local/shop/")
    visitor.sees(".pulse.good", within=WITHIN)
    for product in looks:
        look_at(visitor, product)
    email = f"{name}-{RUN}@shop.example".lower()
    return Person(name, visitor, sign_in(visitor, f"{name} Quay", email, letters=letters), email)


@pytest.fixture(scope="module")
def people(workspace: Workspace, desk: Desk, browser: Browser) -> Iterator[Mapping[str, Person]]:
    """
    All of them at once: while journeys are published people come; then each does what they do.

    The welcome is published once these have signed up, so that nobody but Wanda enters it.
    """
    del desk
    with ThreadPoolExecutor() as pool:
        published = pool.submit(workspace.publish_all)
        names = ("Bruno", "Leda", "Greta", "Rufus", "Dora", "Ulla")
        found = {name: comes(browser, name) for name in names}
        phone = json.dumps({"phone": PHONE})
        found["Dora"].visitor.run(f"analytics.identify({json.dumps(found['Dora'].user)}, {phone})")
        workspace.platform.settle()
        list(pool.map(lambda one: workspace.agree(one.user), found.values()))
        published.result()
    workspace.platform.settle()
    begin(found)
    workspace.publish("welcome")
    found["Wanda"] = comes(browser, "Wanda", ("Quay Mug", "Hand Grinder", "Guji Filter"), letters=True)
    yield found
    for one in found.values():
        one.visitor.leave()


def begin(people: Mapping[str, Person]) -> None:
    """Let each do what lets them in."""
    for name, cart in (("Bruno", "b"), ("Leda", "l")):
        people[name].track("Product Added", cart_id=f"{cart}-{RUN}", product_id="p-1", name="Quay Mug")
    people["Bruno"].track("Order Completed", cart_id=f"b-{RUN}", order_id=f"o-{RUN}", total=16, currency="EUR")
    people["Greta"].track("Order Completed", order_id=f"g-{RUN}", total=300, revenue=300, currency="EUR")
    people["Rufus"].track("Order Completed", order_id=f"r-{RUN}", total=16, currency="EUR")
    people["Dora"].track("Delivery Delayed", order_id=f"d-{RUN}")
    people["Ulla"].track("Tips Wanted")


def test_who_signs_up_is_welcomed_and_shown_what_they_looked_at(
    workspace: Workspace, people: Mapping[str, Person], screenshots: Path
) -> None:
    wanda = people["Wanda"]

    assert workspace.waits_for(wanda, 2) == ["Welcome to Regulars Shop, Wanda", "Still thinking it over?"]
    letter = workspace.letters(wanda.email)[0]
    assert "List-Unsubscribe" in letter["headers"]
    wanda.visitor.go("/_local/mail")
    wanda.visitor.sees(f"text={wanda.email}")
    wanda.visitor.photograph(screenshots / "mail.png")
    wanda.visitor.go(f"/_local/mail/{letter['id']}")
    wanda.visitor.sees("iframe")
    wanda.visitor.photograph(screenshots / "letter.png")


def test_a_cart_is_reminded_of_unless_it_was_ordered(
    workspace: Workspace, people: Mapping[str, Person], desk: Desk
) -> None:
    left = people["Leda"]

    assert workspace.waits_for(left, 2) == ["Your cart is still here", "A little help with your cart"]
    assert desk.code in workspace.letters(left.email)[1]["text"]
    assert [call.path for call in desk.calls if call.path == "/coupons"] == ["/coupons"]
    assert workspace.waits_for(people["Bruno"], 1) == ["How are your things?"]  # of the order, none of the cart


def test_a_good_customer_who_is_silent_is_missed_and_welcomed_back(
    workspace: Workspace, people: Mapping[str, Person]
) -> None:
    greta = people["Greta"]
    assert set(workspace.waits_for(greta, 2)) == {"How are your things?", "We have not seen you for a while"}
    look_at(greta.visitor, "Quay Mug")

    assert workspace.waits_for(greta, 3)[-1] == "Good to see you again"
    profile = wait_for(
        lambda: workspace.platform.profile("user_id", greta.user) or {},
        lambda one: "came_back" in one.get("traits", {}),
    )
    assert profile["traits"]["came_back"]["value"] is True


def test_a_bad_review_is_followed_up(workspace: Workspace, people: Mapping[str, Person], desk: Desk) -> None:
    rufus, order = people["Rufus"], f"r-{RUN}"
    assert workspace.waits_for(rufus, 1) == ["How are your things?"]
    rufus.track("Product Reviewed", order_id=order, rating=1, review_body="broken")

    assert workspace.waits_for(rufus, 2) == ["How are your things?", "We are sorry"]
    called = [call for call in desk.calls if call.path == "/service_desk" and order in call.body]
    assert len(called) == 1
    held = workspace.platform.events("user_id", rufus.user)
    assert "List Joined" in {event["event"] for event in held}


def test_a_delivery_problem_is_told_before_the_customer_asks(
    workspace: Workspace, people: Mapping[str, Person], desk: Desk
) -> None:
    assert set(workspace.waits_for(people["Dora"], 2)) == {"We are looking after your order", "Regulars"}
    assert [call.path for call in desk.calls if f"d-{RUN}" in call.body] == ["/service_desk"]


def test_who_unsubscribes_by_a_letter_gets_no_more_of_them_and_is_told_in_the_shop(
    workspace: Workspace, people: Mapping[str, Person], screenshots: Path
) -> None:
    ulla = people["Ulla"]
    workspace.waits_for(ulla, 1)
    link = urlsplit(workspace.letters(ulla.email)[0]["headers"]["List-Unsubscribe"].strip("<>"))
    ulla.visitor.go(f"{link.path}?{link.query}")
    ulla.visitor.photograph(screenshots / "unsubscribe.png")
    ulla.visitor.click("button")
    ulla.visitor.photograph(screenshots / "unsubscribed.png")
    workspace.platform.settle()
    ulla.visitor.go("/_local/shop/")
    ulla.visitor.sees(".pulse.good")
    ulla.track("Tips Read")

    ulla.visitor.sees("#unread:has-text('1')", within=WITHIN)
    ulla.visitor.click("#bell")
    ulla.visitor.sees("#messages:has-text('Seven ways to brew by hand.')")
    ulla.visitor.photograph(screenshots / "inbox.png")
    events = workspace.platform.events("user_id", ulla.user)
    (refused,) = [event for event in events if event["event"] == "Message Not Sent"]
    assert (refused["properties"]["template"], refused["properties"]["reason"]) == ("what_others_like", "consent")
    assert workspace.waits_for(ulla, 1) == ["Welcome to Regulars Shop, Ulla"]


def test_the_report_counts_what_became_of_everybody(workspace: Workspace, people: Mapping[str, Person]) -> None:
    assert len(people) == 7
    workspace.platform.settle()
    report = workspace.ask("GET", "/v1/journeys/abandoned_cart/report", role="marketer")

    newest = report["versions"][0]
    assert (newest["entered"], newest["entrants"], newest["converted"], newest["waiting"]) == (2, 2, 1, 0)
    assert sum(newest["endings"].values()) == 2
    messages = {place["place"]: place["messages"] for place in newest["places"] if place["messages"]}
    assert messages == {"cart_reminder": {"sent": 1}, "cart_coupon": {"sent": 1}}
