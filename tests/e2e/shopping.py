"""What people do in the shop."""

import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.e2e.browser.browser import Visitor

T = TypeVar("T")
RUN = secrets.token_hex(3)  # so that nobody was here before, on a platform that ran before


def look_at(visitor: Visitor, product: str) -> None:
    """Open the page of a product."""
    visitor.click(".brand")
    visitor.click(f".tile h3 a:has-text('{product}')")
    visitor.sees(f"article h1:has-text('{product}')")


def put_in_cart(visitor: Visitor, product: str) -> None:
    """Look at a product and put one in the cart."""
    look_at(visitor, product)
    visitor.click("article button")


def sign_in(visitor: Visitor, name: str, email: str, *, letters: bool = False) -> str:
    """Sign in, for letters or for none, and give the user id."""
    visitor.click("#account")
    if letters:
        visitor.click("#sign-in input[name=newsletter]")
    fill_in_sign_in(visitor, name, email)
    visitor.sees("#account:has-text('Sign out')")
    return user_id(visitor)


def fill_in_sign_in(visitor: Visitor, name: str, email: str) -> None:
    """Fill in the form that is open, and send it."""
    visitor.fill("#sign-in input[name=name]", name)
    visitor.fill("#sign-in input[name=email]", email)
    visitor.click("#sign-in .primary")


def buy(visitor: Visitor, **delivery: str) -> str:
    """Buy what is in the cart and give the order's id."""
    visitor.click(".cart-link")
    for field, value in delivery.items():
        visitor.fill(f"#checkout input[name={field}]", value)
    visitor.click("#checkout .primary")
    return visitor.text("#order")


def anonymous_id(visitor: Visitor) -> str:
    """Read the anonymous id of the browser."""
    return str(visitor.run("analytics.user().anonymousId()"))


def user_id(visitor: Visitor) -> str:
    """Read the user id that the browser has been told."""
    return str(visitor.run("analytics.user().id()"))


def wait_for(read: Callable[[], T], is_so: Callable[[T], Any], within: float = 20) -> T:
    """Read until it is so, or time is up, and give what was read last."""
    deadline = time.monotonic() + within
    while not is_so(found := read()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
