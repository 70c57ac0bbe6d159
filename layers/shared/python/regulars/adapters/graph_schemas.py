"""What the graph of a profile and its unmerging look like, as JSON Schemas."""

from collections.abc import Mapping

from regulars.adapters.shapes import (
    FLAG,
    ID,
    INSTANT,
    MASKED,
    PROFILE_ID,
    TEXT,
    WHOLE,
    Schema,
    a_list,
    a_page,
    an_object,
    named,
    or_null,
    ref,
)

_NODE_ID: Schema = {**PROFILE_ID, "description": "names the identifier wherever a reference is taken, and tells nobody"}
_EDGE: Mapping[str, Schema] = {
    "a": _NODE_ID,
    "b": _NODE_ID,
    "rule": {"enum": ["attach", "merge", "split"], "description": "split: kept together by hand, in a split"},
    "time": INSTANT,
    "event": {
        **an_object({"identifier": _NODE_ID, "source": TEXT, "message_id": TEXT}),
        "type": ["object", "null"],
        "description": "the event that tied them together",
    },
}
_REF: Schema = {**TEXT, "description": "an identifier: its `id` in the graph, or `kind:value`"}
_SIDE = an_object(
    {
        "profile_id": PROFILE_ID,
        "known": FLAG,
        "identifiers": a_list(ref("Node")),
        "traits": named(ref("Trait")),
        "orders": ref("Orders"),
        "segments": a_list(ID),
        "enters": a_list(ID),
        "leaves": a_list(ID),
    }
)
GRAPH_SCHEMAS: Mapping[str, Schema] = {
    "Node": an_object(
        {
            "id": _NODE_ID,
            "kind": TEXT,
            "value": or_null(TEXT),
            "masked": MASKED,
            "source": or_null(TEXT),
            "since": or_null(INSTANT),
        }
    ),
    "Edge": an_object(_EDGE),
    "Cut": an_object({**_EDGE, "cut": INSTANT, "by": TEXT, "released": or_null(INSTANT)}),
    "Graph": an_object(
        {
            "profile_id": PROFILE_ID,
            "identifiers": a_list(ref("Node")),
            "edges": a_list(ref("Edge")),
            "cuts": a_list(ref("Cut")),
            "merged": a_list(PROFILE_ID),
        }
    ),
    "Why": an_object(
        {
            "profile_id": PROFILE_ID,
            "a": _NODE_ID,
            "b": _NODE_ID,
            "path": a_list(ref("Edge")),
            "identifiers": a_list(ref("Node")),
        }
    ),
    "Belonging": an_object({"at": INSTANT, "profile_id": PROFILE_ID, "identifiers": a_list(ref("Node"))}),
    "Unmerge": an_object(
        {
            "edge": {**a_list(_REF), "minItems": 2, "maxItems": 2},
            "identifiers": {**a_list(_REF), "minItems": 1},
            "preview": FLAG,
            "version": {**WHOLE, "minimum": 1, "description": "of the preview that was seen"},
        },
        optional=("edge", "identifiers", "preview", "version"),
    ),
    "Unmerged": an_object(
        {"version": WHOLE, "done": FLAG, "stays": _SIDE, "leaves": _SIDE, "cut": a_list(ref("Edge"))}
    ),
    "Release": an_object({"a": _REF, "b": _REF}),
    "Released": an_object({"released": FLAG}),
    "Healed": an_object({"cut": WHOLE, "left": WHOLE}),
    "HeldPage": a_page(
        "held",
        a_list(
            an_object(
                {
                    "id": _NODE_ID,
                    "kind": TEXT,
                    "value": or_null(TEXT),
                    "masked": MASKED,
                    "since": INSTANT,
                    "source": TEXT,
                    "message_id": TEXT,
                    "proposal": {**TEXT, "description": "what to do about it"},
                }
            )
        ),
    ),
}
