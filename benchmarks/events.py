"""The events of the benchmarks: an order of about 1.1 KB as a browser SDK sends it."""

from random import Random
from typing import Any


def order_call(number: int, *, person: int) -> dict[str, Any]:
    """One completed order of a person, the same for the same numbers."""
    random = Random(number)
    products = [
        {
            "sku": f"SKU-{random.randrange(9_999):04d}",
            "name": name,
            "price": price,
            "quantity": 1 + number % 2,
            "category": category,
        }
        for name, price, category in (("Linen shirt", 39.9, "apparel/tops"), ("Trail shoe", 129.0, "footwear"))
    ]
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"bench-{number:08d}-{random.getrandbits(64):016x}",
        "userId": f"u-{person}",
        "anonymousId": f"a-{person}",
        "timestamp": f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.{random.randrange(1_000):03d}Z",
        "properties": {
            "order_id": f"o-{number}",
            "revenue": round(20 + random.random() * 80, 2),
            "currency": "EUR",
            "coupon": None,
            "products": products,
        },
        "context": {
            "ip": "203.0.113.17",
            "locale": "de-DE",
            "timezone": "Europe/Berlin",
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
            "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0 Safari/537",
            "page": {
                "path": "/checkout/done",
                "url": "https://shop.example.com/checkout/done?step=5",
                "referrer": "https://shop.example.com/cart",
                "title": "Thank you",
            },
            "campaign": {"source": "newsletter", "medium": "email", "name": "black-friday"},
            "screen": {"width": 1920, "height": 1080},
        },
    }
