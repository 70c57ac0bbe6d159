"""The profiles table: one row for each set of identifiers, tombstones included; its stream is the identity log."""

from collections.abc import Iterable

from regulars.domain.profiles import Profile
from regulars.stores.database import Database, Item, Put, number, text


class ProfileStore:
    """Reads profiles and follows tombstones."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, profile_id: str) -> Profile | None:
        """Read one profile, consistently; a tombstone comes as what it is."""
        item = self._database.get("profiles", profile_id)
        return from_item(item) if item else None

    def root(self, profile_id: str) -> Profile | None:
        """Read the live profile that a profile id leads to; None if it names an unattached identifier."""
        profile = self.get(profile_id)
        while profile and profile.merged_into:
            profile = self.get(profile.merged_into)
        return profile

    def roots(self, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """Read the live profile of each of these."""
        found = {profile_id: self.root(profile_id) for profile_id in sorted(set(profile_ids))}
        return {profile_id: profile for profile_id, profile in found.items() if profile}


def save(profile: Profile) -> Put:
    """The write of a profile, on the condition of the version it was read with."""
    return Put("profiles", to_item(profile), was=profile.version)


def to_item(profile: Profile) -> Item:
    """Lay out a profile."""
    item: dict[str, str | int | bytes] = {
        "profile_id": profile.profile_id,
        "owners": " ".join(profile.owners),
        "since": profile.since,
        "merges": profile.merges,
        "event": profile.event,
        "rule": profile.rule,
        "changed": profile.changed,
    }
    if profile.merged_into:
        item["merged_into"] = profile.merged_into
    return item


def from_item(item: Item) -> Profile:
    """Read a profile back."""
    return Profile(
        profile_id=text(item, "profile_id"),
        version=number(item, "v"),
        owners=tuple(text(item, "owners").split()),
        since=number(item, "since"),
        merges=number(item, "merges"),
        merged_into=text(item, "merged_into") or None,
        event=text(item, "event"),
        rule=text(item, "rule"),
        changed=number(item, "changed"),
    )
