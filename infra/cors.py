"""What a web page of anybody may send to the API, and read of its answers."""

# Every header that a known SDK asks for in its preflight.
SDK_HEADERS = (
    "anonymousid",
    "authorization",
    "content-type",
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
READABLE = ("retry-after",)  # a browser hides it from an SDK otherwise
