"""The ready journeys on the running platform: a real SDK in a browser, real state machines, letters in the catcher."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import yaml

from tests.e2e.browser.browser import Visitor
from tests.e2e.desk import Desk
from tests.e2e.place import ROOT
from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN, look_at, sign_in, wait_for

pytestmark = pytest.mark.e2e

Arrive = Callable[[], Visitor]
WITHIN = 60.0


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

    def publish(self, id: str, **lengths: str) -> None:
        """Publish a ready journey, its waits as short as a test; `lengths` are those of its holds, by their texts."""
        definition = yaml.safe_load((ROOT / "catalog" / "journeys" / f"{id}.yaml").read_text())
        definition.pop("holdout", None)
        quicken(definition["steps"], {text.replace("_", " "): short for text, short in lengths.items()})
        draft = self.ask("PUT", f"/v1/journeys/{id}", {"definition": definition})["version"]
        self.ask("POST", f"/v1/journeys/{id}/publish", {"draft": draft})

    def agree(self, user: str, matter: str = "newsletter/email") -> None:
        """Record that somebody agreed to letters."""
        purpose, _, channel = matter.partition("/")
        body = {"purpose": purpose, "channel": channel, "state": "granted", "proof": "said so", "reason": "asked"}
        self.ask("POST", f"/v1/profiles/{quote(f'user_id:{user}', safe='')}/consent", body, role="service")

    def letters(self, to: str) -> list[Mapping[str, Any]]:
        """Read what came to an address or a number, oldest first."""
        found = httpx.get(f"{self.platform.url}/_local/mail.json", timeout=35).raise_for_status().json()["messages"]
        return sorted((one for one in found if to in one["to"]), key=lambda one: one["at"])

    def waits_for(self, to: str, number: int) -> list[str]:
        """Wait for so many letters; give their subjects, of a text its words."""
        found = wait_for(lambda: self.letters(to), lambda letters: len(letters) >= number, WITHIN)
        return [one["subject"] or one["text"] for one in found]

    def passages(self, user: str) -> Any:
        """Read how somebody goes through journeys."""
        return self.ask("GET", f"/v1/profiles/{quote(f'user_id:{user}', safe='')}/journeys")


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


def track(visitor: Visitor, event: str, **properties: Any) -> None:
    """Track an event by the SDK of the page."""
    visitor.run(f"analytics.track({json.dumps(event)}, {json.dumps(properties)})")


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


def comes(workspace: Workspace, arrive: Arrive, name: str, **traits: str) -> tuple[Visitor, str, str]:
    """Let somebody come, sign in and agree to letters; give their user id and address."""
    visitor, email = arrive(), f"{name}-{RUN}@shop.example".lower()
    user = sign_in(visitor, name, email)
    if traits:
        visitor.run(f"analytics.identify({json.dumps(user)}, {json.dumps(traits)})")
    workspace.platform.settle()
    workspace.agree(user)
    workspace.platform.settle()
    return visitor, user, email


def test_who_signs_up_is_welcomed_and_shown_what_they_looked_at(
    workspace: Workspace, arrive: Arrive, screenshots: Path
) -> None:
    workspace.publish("welcome")
    visitor, _, email = comes(workspace, arrive, "Wanda")
    for product in ("Quay Mug", "Hand Grinder", "Guji Filter"):
        look_at(visitor, product)
    track(visitor, "Signed Up")

    subjects = workspace.waits_for(email, 2)
    assert len(subjects) == 2, subjects
    letter = workspace.letters(email)[0]
    assert "List-Unsubscribe" in letter["headers"]
    visitor.go("/_local/mail")
    visitor.sees(f"text={email}")
    visitor.photograph(screenshots / "mail.png")
    visitor.go(f"/_local/mail/{letter['id']}")
    visitor.sees("iframe")
    visitor.photograph(screenshots / "letter.png")


def test_a_cart_is_reminded_of_unless_it_was_ordered(workspace: Workspace, desk: Desk, arrive: Arrive) -> None:
    workspace.publish("abandoned_cart", **{"1_hour": "5 seconds"})
    buyer, _, bought = comes(workspace, arrive, "Bruno")
    leaver, _, left = comes(workspace, arrive, "Leda")
    for visitor, cart in ((buyer, "b"), (leaver, "l")):
        track(visitor, "Product Added", cart_id=f"{cart}-{RUN}", product_id="p-1", name="Quay Mug")
    track(buyer, "Order Completed", cart_id=f"b-{RUN}", order_id=f"o-{RUN}", total=16, currency="EUR")

    assert len(workspace.waits_for(left, 2)) == 2
    assert desk.code in workspace.letters(left)[1]["text"]
    assert [call.path for call in desk.calls if call.path == "/coupons"] == ["/coupons"]
    assert workspace.letters(bought) == []


def test_a_good_customer_who_is_silent_is_missed_and_welcomed_back(workspace: Workspace, arrive: Arrive) -> None:
    workspace.publish("welcome_back")
    workspace.publish("win_back", **{"14_days": "4 seconds", "10_days": "60 seconds"})
    visitor, user, email = comes(workspace, arrive, "Greta")
    track(visitor, "Order Completed", order_id=f"g-{RUN}", total=300, revenue=300, currency="EUR")
    assert len(workspace.waits_for(email, 1)) == 1
    look_at(visitor, "Quay Mug")

    assert len(workspace.waits_for(email, 2)) == 2
    profile = wait_for(
        lambda: workspace.platform.profile("user_id", user) or {}, lambda one: "came_back" in one.get("traits", {})
    )
    assert profile["traits"]["came_back"]["value"] is True


def test_a_bad_review_is_followed_up(workspace: Workspace, desk: Desk, arrive: Arrive) -> None:
    workspace.publish("post_purchase", **{"14_days": "60 seconds"})
    visitor, user, email = comes(workspace, arrive, "Rufus")
    order = f"r-{RUN}"
    track(visitor, "Order Completed", order_id=order, total=16, currency="EUR")
    assert len(workspace.waits_for(email, 1)) == 1
    track(visitor, "Product Reviewed", order_id=order, rating=1, review_body="broken")

    assert len(workspace.waits_for(email, 2)) == 2
    called = [call for call in desk.calls if call.path == "/service_desk" and order in call.body]
    assert len(called) == 1
    held = workspace.platform.events("user_id", user)
    assert "List Joined" in {event["event"] for event in held}


def test_a_delivery_problem_is_told_before_the_customer_asks(workspace: Workspace, desk: Desk, arrive: Arrive) -> None:
    workspace.publish("delivery_problem", **{"2_days": "4 seconds"})
    phone = "+4917155501" + str(int(RUN, 16) % 100).zfill(2)
    visitor, _, email = comes(workspace, arrive, "Dora", phone=phone)
    order = f"d-{RUN}"
    track(visitor, "Delivery Delayed", order_id=order)

    assert len(workspace.waits_for(phone, 1)) == 1
    assert len(workspace.waits_for(email, 1)) == 1
    assert [call.path for call in desk.calls if order in call.body] == ["/service_desk"]
