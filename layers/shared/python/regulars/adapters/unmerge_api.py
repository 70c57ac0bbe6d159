"""Unmerge by hand: a preview first, then the split of just what was previewed; and the release of a cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.graph_json import edges_json, node_json
from regulars.adapters.profile_json import orders_json, trait_json
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import Call
from regulars.domain.profiles import founder
from regulars.domain.references import profile_id_of
from regulars.domain.splits import Graph, side_of
from regulars.domain.teams import Sight
from regulars.errors import InvalidRequestError
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.holds import Holds
from regulars.pipeline.opening import Opener
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.profiles import ProfileReader
from regulars.pipeline.unmerge import Preview, Side, Unmerger
from regulars.stores.database import Database

Answer = Mapping[str, Any]
_FIELDS = {"edge", "identifiers", "preview", "version"}
_SHAPE = 'the body names who leaves: {"identifiers": ["email:ann@shop.example"]} or {"edge": [a, b]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeApi:
    """What the routes need."""

    graphs: Graphs
    holds: Holds
    unmerger: Unmerger
    reader: ProfileReader
    sealer: Sealer
    audit: Recorder

    @classmethod
    def over(cls, database: Database, sealer: Sealer, many: Many, audit: Recorder, clock: Clock) -> Self:
        """Answer from a database."""
        return cls(
            graphs=Graphs(database, many),
            holds=Holds(database, many, clock),
            unmerger=Unmerger(database, many, clock),
            reader=ProfileReader(database, sealer, many, clock),
            sealer=sealer,
            audit=audit,
        )

    def unmerge(self, call: Call) -> Answer:
        """Answer with what a split does, or has done."""
        body = read_body(call.request)
        only(body, _FIELDS)
        version = _version(body)
        graph = self.graphs.read(profile_id_of(call["ref"], self.sealer.hash_key))
        leaving = self._leaving(body, graph)
        preview = self.unmerger.preview(graph, leaving, by=call.caller.subject)
        if version is not None:
            self.unmerger.unmerge(preview, version=version)
        return self._preview(call, preview, done=version is not None)

    def release(self, call: Call) -> Answer:
        """Let two identifiers be tied again."""
        body = read_body(call.request)
        only(body, {"a", "b"})
        one, other = (self._owner(body.get(name), f"{name} is an identifier") for name in ("a", "b"))
        self.unmerger.release(self.graphs.read(profile_id_of(call["ref"], self.sealer.hash_key)), one, other)
        return {"released": True}

    def let_go(self, call: Call) -> Answer:
        """Let a held identifier tie again."""
        self.holds.release(self._owner(call["id"], "an identifier"))
        return {"released": True}

    def heal(self, call: Call) -> Answer:
        """Undo some of what a held identifier tied."""
        healed = self.holds.heal(self._owner(call["id"], "an identifier"), by=call.caller.subject)
        return {"cut": healed.cut, "left": healed.left}

    def _leaving(self, body: Mapping[str, Any], graph: Graph) -> frozenset[str]:
        match body.get("edge"), body.get("identifiers"):
            case [one, other], None:
                return side_of((self._owner(one, _SHAPE), self._owner(other, _SHAPE)), graph)
            case None, [*refs] if refs:
                return frozenset(self._member(ref, graph) for ref in refs)
        raise InvalidRequestError(_SHAPE)

    def _member(self, ref: object, graph: Graph) -> str:
        owner = self._owner(ref, _SHAPE)
        if owner not in graph.profile.owners:
            raise InvalidRequestError("one of the identifiers does not belong to this profile: see its graph")
        return owner

    def _owner(self, ref: object, shape: str) -> str:
        if not isinstance(ref, str):
            raise InvalidRequestError(shape)
        return founder(profile_id_of(ref, self.sealer.hash_key))

    def _preview(self, call: Call, preview: Preview, *, done: bool) -> Answer:
        call.saw(*(side.profile.profile_id for side in (preview.stays, preview.leaves)))
        sensitive = call.caller.may("sensitive:read")
        opener = self.reader.opener(personal=call.personal, sensitive=sensitive, sight=call.sight)
        return {
            "version": preview.version,
            "done": done,
            "stays": self._side(preview.stays, opener, call.sight),
            "leaves": self._side(preview.leaves, opener, call.sight),
            "cut": edges_json(preview.split.cut),
        }

    def _side(self, side: Side, opener: Opener, sight: Sight) -> Answer:
        person, owners = side.person, side.profile.owners
        traits = self.reader.show_person(person, owners, opener)
        return {
            "profile_id": side.profile.profile_id,
            "known": person.known,
            "identifiers": [node_json(each) for each in self.reader.show(owners, opener)],
            "traits": {trait.name: trait_json(trait) for trait in traits},
            "orders": orders_json(person.totals),
            "segments": list(filter(sight.sees_segment, side.segments)),
            "enters": list(filter(sight.sees_segment, side.enters)),
            "leaves": list(filter(sight.sees_segment, side.leaves)),
        }


def _version(body: Mapping[str, Any]) -> int | None:
    """Read which preview is to be done; None asks for one."""
    preview, version = body.get("preview", False), body.get("version")
    if not isinstance(preview, bool):
        raise InvalidRequestError("preview is true or false")
    if preview and version is not None:
        raise InvalidRequestError("either preview, or the version that a preview told")
    if version is None and not preview:
        raise InvalidRequestError('look first: send "preview": true, then the `version` that it tells')
    if version is not None and (isinstance(version, bool) or not isinstance(version, int) or version < 1):
        raise InvalidRequestError("version is the whole number that a preview told")
    return version
