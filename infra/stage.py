"""What differs between one deployment and another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import RemovalPolicy
from constructs import Node

# Of an account's first 1,000, of which AWS keeps 100 unreserved: little is left beside it.
_RESERVED_IN_PROD = {
    "ingest": 200,
    "drain_overflow": 10,
    "resolve_identity": 120,
    "evaluate_segments": 144,
    "announce": 40,
    "enter_journey": 30,
    "journey_step": 60,
    "tick": 2,
    "count_members": 1,
    "archive": 30,
    "compact": 1,  # two at once would only do the same work twice
    "profile_api": 50,
    "unmerge": 5,
    "change_profile": 10,
    "rebuild": 5,  # of which four work: one more for what another execution left behind
    "backfill": 5,
    "erase": 5,
    "retain": 1,  # a sweep is one, and goes on where it stopped
    "privacy_api": 5,
    "export": 5,
    "export_api": 5,
    "journey_api": 5,
    "admin_api": 20,
    "audit_api": 3,
    "anchor_audit": 1,  # anchors follow one another
    "deliver": 40,
    "settle_sends": 5,
    "note_login": 5,
    "preferences": 10,
    "inbox_api": 20,
    "preview_segment": 5,
    "serve_analytics": 18,
}

PROGRAM_ROLES = ("engineer", "marketer", "analyst", "service")  # neither those who erase nor those who may do all
_MAILBOX = r"[a-z0-9._+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}"
_SENDER = re.compile(rf"{_MAILBOX}|[\w .'-]{{1,100}} <{_MAILBOX}>")
_LOCAL_SENDER = "The Shop <hello@shop.example>"
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")
_PROGRAM = re.compile(r"([a-z][a-z0-9-]{0,30}):([a-z]+)")


def read_programs(text: str) -> dict[str, str]:
    """
    Read which programs sign in, and as what: `crm:service,warehouse:analyst`.

    Raises ValueError.
    """
    programs: dict[str, str] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        found = _PROGRAM.fullmatch(each)
        if found is None or found[2] not in PROGRAM_ROLES or found[1] in programs:
            message = f"programs: {each!r} is not name:role, each name once, with a role of {', '.join(PROGRAM_ROLES)}"
            raise ValueError(message)
        programs[found[1]] = found[2]
    return programs


def read_name(text: str) -> str:
    """
    Read the name of a stage. It has no hyphen: rights go by how names begin, and `prod` is not to begin `prod-eu`.

    Raises ValueError.
    """
    if not _NAME.fullmatch(text):
        message = f"stage: {text!r} is no name of a stage: a letter, then at most 19 letters and digits, all small"
        raise ValueError(message)
    return text


def read_sender(text: str) -> str:
    """
    Read from whom letters come: `hello@shop.example`, or `The Shop <hello@shop.example>`.

    Raises ValueError.
    """
    if text and not _SENDER.fullmatch(text):
        message = f"sender: {text!r} is no mailbox such as hello@shop.example or The Shop <hello@shop.example>"
        raise ValueError(message)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment; what it must never lose is kept in `prod` only."""

    name: str
    region: str
    local: bool = False
    alarm_email: str | None = None
    programs: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""
    anchor_days: int = 1
    notes_logins: bool = True

    @classmethod
    def from_context(cls, node: Node) -> "Stage":
        """
        Read `-c stage=prod -c region=eu-central-1 -c alarm_email=you@example.com -c programs=crm:service -c local=1`.

        `-c anchor_days=400` says how long heads of the audit trail are locked away, `-c note_logins=0` lets people sign
        in without a row there, `-c "sender=The Shop <hello@shop.example>"` from whom letters of journeys come: SES has
        verified its domain. Raises ValueError.
        """
        name, local = read_name(node.try_get_context("stage") or "dev"), bool(node.try_get_context("local"))
        return cls(
            name=name,
            region=node.try_get_context("region") or "eu-west-1",
            local=local,
            alarm_email=node.try_get_context("alarm_email") or None,
            programs=read_programs(node.try_get_context("programs") or ""),
            sender=read_sender(node.try_get_context("sender") or ("" if not local else _LOCAL_SENDER)),
            anchor_days=int(node.try_get_context("anchor_days") or (400 if name == "prod" else 1)),
            notes_logins=str(node.try_get_context("note_logins")) != "0",
        )

    @property
    def sender_domain(self) -> str:
        """The domain that letters come from."""
        return self.sender.rpartition("@")[2].rstrip(">")

    @property
    def is_kept(self) -> bool:
        return self.name == "prod"

    @property
    def removal_policy(self) -> RemovalPolicy:
        return RemovalPolicy.RETAIN if self.is_kept else RemovalPolicy.DESTROY

    @property
    def reserved_concurrency(self) -> Mapping[str, int]:
        """Say how much of the account each function owns; nothing outside `prod`."""
        return _RESERVED_IN_PROD if self.is_kept else {}

    @property
    def requests_per_second(self) -> int:
        return 5_000 if self.is_kept else 500
