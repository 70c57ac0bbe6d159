"""URLs without what follows the path: queries and fragments carry tokens, searches and addresses of people."""

import re

_MARK = re.compile(r"[?#]|%(?:25)*(?:3f|23)", re.IGNORECASE)
_PAIR = re.compile(r"=|%(?:25)*3d", re.IGNORECASE)
_SCHEME = re.compile(r":(?://|%(?:25)*2f)|%(?:25)*3a%(?:25)*2f", re.IGNORECASE)
_START = re.compile(r"/|\.{1,2}/|www\.|%(?:25)*2f", re.IGNORECASE)


def without_query(text: str) -> str:
    """Cut a text before the query or fragment of the URL that it is or holds, escaped ones too."""
    if "?" not in text and "#" not in text and "%" not in text:
        return text
    mark = _MARK.search(text)
    if mark is None:
        return text
    if scheme := _SCHEME.search(text):
        mark = _MARK.search(text, scheme.end())
        return text[: mark.start()] if mark else text
    is_url = _START.match(text) or (_PAIR.search(text, mark.end()) and (mark.start() == 0 or not _has_space(text)))
    return text[: mark.start()] if is_url else text


def _has_space(text: str) -> bool:
    return len(text.split(None, 1)) > 1
