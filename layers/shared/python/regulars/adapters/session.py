"""The one botocore session of a process: its clients share what describes AWS, instead of each reading 1.2 MB again."""

from functools import cache

from botocore.config import Config
from botocore.session import Session, get_session

from regulars.adapters.statements import send_as_written


@cache
def session() -> Session:
    """Give the session; clients are made from it before there are threads."""
    session = get_session()
    # botocore would describe machine, interpreter and settings anew for each request, twice.
    session.set_default_client_config(Config(user_agent="regulars"))
    send_as_written(session)
    return session
