"""The one botocore session of a process: its clients share what describes AWS, instead of each reading 1.2 MB again."""

from functools import cache

from botocore.session import Session, get_session

from regulars.adapters.statements import send_as_written


@cache
def session() -> Session:
    """Give the session; clients are made from it before there are threads."""
    session = get_session()
    send_as_written(session)
    return session
