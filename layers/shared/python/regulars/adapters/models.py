"""
The eleven tables as PynamoDB models: their keys, their index, and every attribute that the stores write.

They are the declared schema; the drift tests hold the stores and the deployed tables against them.
"""

from collections.abc import Mapping

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from regulars.adapters import settings
from regulars.stores.database import TableName


class EventItem(Model):
    """One event, under its owner, by instant."""

    class Meta:
        table_name = settings.table("events")

    owner = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    links = UnicodeAttribute()
    at = NumberAttribute()
    arrival = NumberAttribute()
    print = BinaryAttribute(legacy_encoding=False)
    clear = BinaryAttribute(legacy_encoding=False)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    proven = NumberAttribute(null=True)
    spilled = UnicodeAttribute(null=True)
    expires = NumberAttribute(null=True)
    kept = NumberAttribute(null=True)


class IdentityItem(Model):
    """One part of what is known of an owner: its link (`id`), its traits, an event name, a drawer of orders."""

    class Meta:
        table_name = settings.table("identities")

    owner = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    v = NumberAttribute()
    profile_id = UnicodeAttribute(null=True)
    event = UnicodeAttribute(null=True)
    since = NumberAttribute(null=True)
    to = UnicodeAttribute(null=True)
    attached = NumberAttribute(null=True)
    proven = NumberAttribute(null=True)
    catalog = NumberAttribute(null=True)
    watch = UnicodeAttribute(null=True)
    marks = BinaryAttribute(legacy_encoding=False, null=True)
    floor = NumberAttribute(null=True)
    whole = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    sealed_until = NumberAttribute(null=True)
    erased = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


class ProfileItem(Model):
    """One set of owners, or the tombstone of one."""

    class Meta:
        table_name = settings.table("profiles")

    profile_id = UnicodeAttribute(hash_key=True)
    v = NumberAttribute()
    owners = UnicodeAttribute()
    since = NumberAttribute()
    merges = NumberAttribute()
    merged_into = UnicodeAttribute(null=True)
    event = UnicodeAttribute()
    rule = UnicodeAttribute()
    changed = NumberAttribute()
    absorbed = UnicodeAttribute(null=True)
    ends = UnicodeAttribute(null=True)
    ties = UnicodeAttribute(null=True)
    cuts = UnicodeAttribute(null=True)
    holds = UnicodeAttribute(null=True)
    erased = NumberAttribute(null=True)


class BySegment(GlobalSecondaryIndex["MembershipItem"]):
    """Members by segment and shard; only members stand in it."""

    class Meta:
        index_name = "by_segment"
        projection = KeysOnlyProjection()

    segment_shard = UnicodeAttribute(hash_key=True)
    profile_id = UnicodeAttribute(range_key=True)


class MembershipItem(Model):
    """A profile in or out of a segment, or the head of a profile."""

    class Meta:
        table_name = settings.table("memberships")

    by_segment = BySegment()
    profile_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    v = NumberAttribute()
    segment_shard = UnicodeAttribute(null=True)
    member = NumberAttribute(null=True)
    since = NumberAttribute(null=True)
    number = NumberAttribute(null=True)
    definition = NumberAttribute(null=True)
    silent = NumberAttribute(null=True)
    edition = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    backfill = NumberAttribute(null=True)
    past = UnicodeAttribute(null=True)
    catalog = NumberAttribute(null=True)
    armed = NumberAttribute(null=True)
    evaluated = NumberAttribute(null=True)
    absorbed = UnicodeAttribute(null=True)
    bare = UnicodeAttribute(null=True)
    skipped = UnicodeAttribute(null=True)
    expires = NumberAttribute(null=True)


class JourneyItem(Model):
    """A passage through a journey, a lot, a message that was claimed or is in an inbox, an address that gets none."""

    class Meta:
        table_name = settings.table("journeys")

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    v = NumberAttribute(null=True)
    number = NumberAttribute(null=True)
    key = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    event = UnicodeAttribute(null=True)
    bound = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    since = NumberAttribute(null=True)
    until = NumberAttribute(null=True)
    token = UnicodeAttribute(null=True)
    restarts = NumberAttribute(null=True)
    tried = NumberAttribute(null=True)
    released = NumberAttribute(null=True)
    answers = UnicodeAttribute(null=True)
    told = BinaryAttribute(legacy_encoding=False, null=True)
    converted = NumberAttribute(null=True)
    ended = NumberAttribute(null=True)
    ending = UnicodeAttribute(null=True)
    profile_id = UnicodeAttribute(null=True)
    sent = UnicodeAttribute(null=True)
    journey = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    template = UnicodeAttribute(null=True)
    purpose = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    settled = NumberAttribute(null=True)
    address = UnicodeAttribute(null=True)
    also = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    kept = NumberAttribute(null=True)
    content = BinaryAttribute(legacy_encoding=False, null=True)
    read = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


class TimerItem(Model):
    """A profile that waits in a slot of a minute."""

    class Meta:
        table_name = settings.table("timers")

    slot = UnicodeAttribute(hash_key=True)
    profile_id = UnicodeAttribute(range_key=True)
    due = NumberAttribute()
    expires = NumberAttribute()


class VaultItem(Model):
    """
    The wrapped data key of an owner, or that it stays; or the secret of the workspace.

    Of an erased owner it is empty, and says when and why.
    """

    class Meta:
        table_name = settings.table("vault")

    owner = UnicodeAttribute(hash_key=True)
    v = NumberAttribute()
    wrapped = BinaryAttribute(legacy_encoding=False, null=True)
    leaving = NumberAttribute(null=True)
    erased = NumberAttribute(null=True)
    request = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    turned = NumberAttribute(null=True)
    clean = NumberAttribute(null=True)
    closed = NumberAttribute(null=True)
    restored = NumberAttribute(null=True)
    replay = UnicodeAttribute(null=True)
    over = UnicodeAttribute(null=True)
    aside = BinaryAttribute(legacy_encoding=False, null=True)


class CatalogItem(Model):
    """A definition, what is live, or a cursor."""

    class Meta:
        table_name = settings.table("catalog")

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    v = NumberAttribute(null=True)  # a release goes with the version of the catalog
    content = UnicodeAttribute(null=True)
    origin = UnicodeAttribute(null=True)
    changed = NumberAttribute(null=True)
    watches = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    rates = NumberAttribute(null=True)
    look = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    edition = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    since = NumberAttribute(null=True)
    segment = UnicodeAttribute(null=True)
    started = NumberAttribute(null=True)
    stage = UnicodeAttribute(null=True)
    next = UnicodeAttribute(null=True)
    found = UnicodeAttribute(null=True)
    ended = NumberAttribute(null=True)
    last = UnicodeAttribute(null=True)


class QuarantineItem(Model):
    """One event that was not accepted."""

    class Meta:
        table_name = settings.table("quarantine")

    slot = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)
    v = NumberAttribute()
    message_id = UnicodeAttribute()
    print = UnicodeAttribute()
    arrival = NumberAttribute()
    turn = NumberAttribute()
    code = UnicodeAttribute()
    reason = UnicodeAttribute()
    owner = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    mended = BinaryAttribute(legacy_encoding=False, null=True)
    mended_for = UnicodeAttribute(null=True)
    tried = NumberAttribute(null=True)
    tried_code = UnicodeAttribute(null=True)
    tried_reason = UnicodeAttribute(null=True)
    event = UnicodeAttribute(null=True)
    claimed = NumberAttribute(null=True)
    replayed = NumberAttribute(null=True)
    spilled = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class TallyItem(Model):
    """What one process has counted of a subject in a day."""

    class Meta:
        table_name = settings.table("tallies")

    slot = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    counts = UnicodeAttribute(null=True)
    v = NumberAttribute(null=True)
    event = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    owners = UnicodeAttribute(null=True)
    profiles = UnicodeAttribute(null=True)
    others = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    rows = BinaryAttribute(legacy_encoding=False, null=True)
    sure = NumberAttribute(null=True)
    keys_at = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


class AuditItem(Model):
    """One row of the audit trail, in its place in a chain."""

    class Meta:
        table_name = settings.table("audit")

    chain = UnicodeAttribute(hash_key=True)
    number = UnicodeAttribute(range_key=True)
    at = NumberAttribute()
    who = UnicodeAttribute()
    roles = UnicodeAttribute()
    kind = UnicodeAttribute()
    what = UnicodeAttribute()
    whom = UnicodeAttribute()
    how_many = NumberAttribute(attr_name="count")  # `count` is a method of every model
    opened = NumberAttribute()
    case = UnicodeAttribute()
    request = UnicodeAttribute()
    outcome = UnicodeAttribute()
    after = UnicodeAttribute()
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()


MODELS: Mapping[TableName, type[Model]] = {
    "events": EventItem,
    "identities": IdentityItem,
    "profiles": ProfileItem,
    "memberships": MembershipItem,
    "journeys": JourneyItem,
    "timers": TimerItem,
    "vault": VaultItem,
    "catalog": CatalogItem,
    "quarantine": QuarantineItem,
    "tallies": TallyItem,
    "audit": AuditItem,
}
