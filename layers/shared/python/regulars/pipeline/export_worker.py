"""
Make an export: page after page of the members as they are when their page is read, then one file of all pages.

A page is an object, and what was written is saved with the place where the next page begins, in one step: whoever dies
of it, the next one goes on from there, and each member is in the file once. Who is restricted, was erased or merged
away, or does not consent, is left out and counted.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any

from regulars.domain.audit import Deed
from regulars.domain.catalog import Live
from regulars.domain.export_rows import ExportRow, write_head, write_rows
from regulars.domain.exports import LONGEST_RUN, Export, Part, Wish, fail
from regulars.domain.memberships import Membership
from regulars.domain.people import Person
from regulars.errors import ConflictError, NotFoundError, RequestError, UnavailableError
from regulars.pipeline.computed import ComputedTraits
from regulars.pipeline.exports import Files
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.members import Members
from regulars.pipeline.opening import Opener, Shown
from regulars.pipeline.people import Found, People
from regulars.pipeline.persons import sum_person
from regulars.pipeline.ports import Clock, Journal, Many, Sealer
from regulars.pipeline.sights import Sights
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.exports import ExportStore
from regulars.stores.identities import Identity

PAGE = 1_000  # members; after so many it is written down how far this is
MOST_BYTES = 50_000_000  # of a file: it is put together in memory
Skipped = str  # why a member is left out
_MORE = "more people are in the segment than were counted when it was asked for: ask anew"
_CHANGED = "the segment was edited while the export was made: ask anew"
_LESS = "a computed trait is there no more: ask anew"
_LARGE = f"the file would be larger than {MOST_BYTES:,} bytes: ask for fewer traits, or a narrower segment"
_GONE = "a part of the file is gone: ask anew"
_LATE = "it took longer than six hours: ask anew"


class ExportWorker:
    """Works off exports; what it opens is what who asked may see by the teams of now, and their roles of then."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        files: Files,
        write: Callable[[Deed], object],
        journal: Journal,
        clock: Clock,
        many: Many,
    ) -> None:
        self._store = ExportStore(database)
        self._members = Members(database, many, clock)
        self._people = People(database, map)  # several members at once: never both, they share threads
        self._catalog = LiveCatalog(CatalogStore(database), rates="always")
        self._computed = ComputedTraits(database, map, clock)
        self._sights = Sights(database)
        self._sealer = sealer
        self._files = files
        self._write = write
        self._journal = journal
        self._clock = clock
        self._many = many

    def work(self, id: str, *, has_time: Callable[[], bool]) -> bool:
        """Go on with an export while there is time; say whether it is over. Raises NotFoundError, UnavailableError."""
        export = self._get(id)
        while export.state == "running":
            if not has_time():
                return False
            step = self._step(export)
            with suppress(ConflictError):  # another worker is at it too, or somebody took it back: look how it stands
                self._store.save(step)
                self._count(step)
            export = self._get(id)
        self._tidy(export)
        return True

    def _get(self, id: str) -> Export:
        export = self._store.get(id)
        if export is None:
            raise NotFoundError("no export has this id")
        return export

    def _step(self, export: Export) -> Export:
        if self._clock() >= export.started + LONGEST_RUN:
            return fail(export, _LATE, self._clock())
        try:
            return self._finish(export) if export.read else self._page(export)
        except UnavailableError:
            raise
        except RequestError as error:  # what was asked for is not allowed, or not there, any more
            return fail(export, str(error), self._clock())

    def _page(self, export: Export) -> Export:
        wish, live = export.wish, self._catalog.now()
        sight = self._sights.of(export.caller)
        sight.must_see(wish.segment)
        sight.must_see_traits(wish.names)
        if set(wish.computed) - {trait.id for trait in live.computed}:
            return fail(export, _LESS, self._clock())
        if not export.is_of(live.shown.get(wish.segment)):
            return fail(export, _CHANGED, self._clock())
        gate = (wish.purpose, wish.channel) if wish.purpose else None
        page = self._members.page(wish.segment, after=export.cursor, limit=PAGE, gate=gate)
        caller = export.caller
        opener = Opener(self._sealer, personal=export.opens, sensitive=caller.may("sensitive:read"), sight=sight)
        found = list(self._many(lambda member: self._row(export, member, opener, live), page.members))
        return self._note(export, found, held=page.held_back, next=page.next)

    def _note(self, export: Export, found: list[ExportRow | Skipped], *, held: int, next: str | None) -> Export:
        rows = [one for one in found if isinstance(one, ExportRow)]
        counts = Counter(export.held) + Counter(one for one in found if isinstance(one, str))
        counts += Counter(consent=held, masked=sum(1 for row in rows if row.masked))
        content = (b"" if export.cursor else write_head(export)) + write_rows(export, rows)
        part = self._put(export, f"{len(export.parts):05}", content)
        noted = replace(
            export,
            cursor=next,
            read=next is None,
            parts=(*export.parts, part),
            rows=export.rows + len(rows),
            held=dict(sorted(counts.items())),
        )
        if noted.rows > noted.most:
            return fail(noted, _MORE, self._clock())
        if sum(each.size for each in noted.parts) > MOST_BYTES:
            return fail(noted, _LARGE, self._clock())
        return noted

    def _row(self, export: Export, member: Membership, opener: Opener, live: Live) -> ExportRow | Skipped:
        try:
            found = self._people.find(member.profile_id)
        except NotFoundError:
            return "erased"
        if found.profile_id != member.profile_id:
            return "merged"  # since its membership was read: whoever they are now has one of their own
        identities = self._people.identities(found)
        if any(each.link and each.link.erased for each in identities.values()):
            return "erased"
        person = sum_person(identities, live, owners=found.owners)
        if person.restricted:
            return "restricted"
        shown = {name: _shown(person, name, opener) for name in export.wish.traits}
        return ExportRow(
            profile_id=member.profile_id,
            since=member.since,
            traits={name: one.value for name, one in shown.items() if one.value is not None},
            computed=self._values(export.wish, found, identities, live),
            masked=tuple(name for name, one in shown.items() if one.masked),
        )

    def _values(self, wish: Wish, found: Found, identities: Mapping[str, Identity], live: Live) -> Mapping[str, Any]:
        """Compute what is asked for, as a profile would show it now."""
        if not wish.computed:
            return {}
        computed = {each.id: each.plain for each in self._computed.of(found, identities, live)}
        return {id: computed[id] for id in wish.computed if computed.get(id) is not None}

    def _finish(self, export: Export) -> Export:
        """Put the file together, and write down that it leaves, before anybody can take it."""
        contents = [self._files.get(part.key) for part in export.parts]
        whole = b"".join(content for content in contents if content is not None)
        if None in contents:
            return fail(export, _GONE, self._clock())
        file = self._put(export, "whole", whole)
        self._write(
            Deed(
                who=export.by,
                roles=export.roles,
                kind="exports",
                what="run_export",
                whom=(export.id, export.wish.segment),
                count=export.rows,
                opened=export.opens,
            )
        )
        return replace(export, state="done", file=file, parts=(), ended=self._clock())

    def _put(self, export: Export, name: str, content: bytes) -> Part:
        print = sha256(content).hexdigest()
        key = f"{export.folder}{name}-{print[:16]}"  # two workers at once write two objects
        self._files.put(key, content)
        return Part(key=key, size=len(content), sha256=print)

    def _count(self, export: Export) -> None:
        if export.state == "done":
            self._journal.count("exports_done")
            self._journal.count("rows_exported", export.rows)
        if export.state == "done" and (held := export.held.get("consent")):
            self._journal.count("held_back", held, gate="export")

    def _tidy(self, export: Export) -> None:
        """Remove the objects that nobody needs any more; what a worker that died has left, the bucket removes."""
        kept = export.file.key if export.file and export.state == "done" else None
        for key in list(self._files.keys(export.folder)):
            if key != kept:
                self._files.delete(key)


def _shown(person: Person, name: str, opener: Opener) -> Shown:
    """Show a trait; None where there is none, nobody may see it, or its key is gone."""
    value = person.traits[name][2] if name in person.traits and opener.sees(name) else None
    return Shown(None) if value is None else opener.trait(name, value)
