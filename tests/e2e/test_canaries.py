"""A person walks through the shop, and afterwards nothing that they said can be read anywhere."""

import pytest

from tests.e2e.browser.browser import Browser
from tests.e2e.canaries import find_all
from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN, anonymous_id, buy, fill_in_sign_in, put_in_cart, user_id, wait_for
from tests.e2e.walk import everything

pytestmark = pytest.mark.e2e

SAID = {
    "e-mail": f"Kanari.Vogel-{RUN}@Canary-Mail.example",
    "name": "Zoë Kanarienvogel",
    "street": "Kükenstraße 4711b",
    "city": "Vogelsang-am-Kanal",
    "phone": "+49 170 5550147",
    "search": "federleichter morgenkaffee",
    "user agent": "CanaryBrowser/47.11 (Featherphone; Perch 9)",
    "IP": "203.0.113.147",
    "user id of a server": f"kanari-user-{RUN}",
    "message": "My canary Tweety-93 sings too loud",
}


@pytest.fixture(scope="module")
def canaries(platform: Platform, browser: Browser) -> dict[str, str]:
    """All that a person said, in a browser and through a server, once it has been applied."""
    visitor = browser.visitor(viewport={"width": 1360, "height": 900}, userAgent=SAID["user agent"])
    visitor.go(f"/_local/shop/?utm_source=mail&who={SAID['e-mail']}")
    visitor.sees(".pulse.good")
    visitor.fill("#query", SAID["search"])
    visitor.press("Enter")
    visitor.sees(".hero.small")
    put_in_cart(visitor, "Guji Filter")
    visitor.click("#account")
    fill_in_sign_in(visitor, SAID["name"], SAID["e-mail"])
    buy(visitor, address=SAID["street"], city=SAID["city"], phone=SAID["phone"])
    visitor.sees("#orders-kept:has-text('1 order')")
    own = {"anonymous id": anonymous_id(visitor), "user id": user_id(visitor)}
    wait_for(lambda: platform.profile("email", SAID["e-mail"]), bool)
    visitor.leave()
    _send_from_a_server(platform)
    platform.settle()
    return SAID | own


def _send_from_a_server(platform: Platform) -> None:
    user = SAID["user id of a server"]
    context = {"ip": SAID["IP"], "userAgent": SAID["user agent"], "page": {"url": f"https://x.example/?u={user}"}}
    platform.send("identify", userId=user, traits={"firstName": SAID["name"]}, context=context)
    platform.send("track", userId=user, event="Feedback Given", properties={"message": SAID["message"]})
    platform.send("track", userId=user, event=SAID["e-mail"], properties={SAID["phone"]: "a key that names a person"})
    platform.send("track", userId={"not": SAID["e-mail"]}, event="Not An Event")
    platform.send("track", event=SAID["message"])
    platform.send("track", userId=user, event="Too Late", timestamp=SAID["street"])
    platform.send(f"profiles/{user}", userId=user)


def test_nothing_personal_can_be_read_anywhere(platform: Platform, canaries: dict[str, str]) -> None:
    assert find_all(canaries, everything(platform)) == []


@pytest.mark.usefixtures("canaries")
def test_the_walk_sees_what_is_kept_in_clear(platform: Platform) -> None:
    found = find_all({"product": "Guji Filter"}, everything(platform))

    assert {"table", "stream"} <= {place.split()[0] for place, _ in found}


@pytest.mark.usefixtures("canaries")
def test_who_may_read_it_still_can(platform: Platform) -> None:
    profile = platform.profile("email", SAID["e-mail"])

    assert profile
    assert profile["traits"]["name"]["value"] == SAID["name"]
    assert profile["traits"]["address"]["value"] == {"street": SAID["street"], "city": SAID["city"]}
