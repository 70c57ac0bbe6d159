"""The one botocore session of a process: its clients share what describes AWS, instead of each reading 1.2 MB again."""

from functools import cache

from botocore.session import Session, get_session


@cache
def session() -> Session:
    """Give the session; clients are made from it before there are threads."""
    return get_session()
