"""What a web page of anybody may send to the API, and read of its answers."""

# Every header that a known SDK asks for in its preflight, and an app that looks into its inbox again and again.
SDK_HEADERS = (
    "anonymousid",
    "authorization",
    "content-type",
    "if-none-match",
    "rsa-recovered",
    "rsa-retry-attempt",
    "rsa-retry-reason",
    "rsa-since-first-attempt",
    "rsa-since-last-attempt",
    "sentat",
    "x-ip-policy",
    "x-retry-count",
    "x-write-key",
)
READABLE = ("etag", "retry-after")  # a browser hides them from an SDK, and an inbox, otherwise
