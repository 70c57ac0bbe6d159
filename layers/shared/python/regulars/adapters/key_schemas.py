"""What requests and answers about the keys of a source look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import INSTANT, TEXT, Schema, a_list, an_object, or_null

_LABEL: Schema = {**TEXT, "description": "of a key that the definition of the source lists, or signing"}
_KEY: Mapping[str, Schema] = {
    "label": TEXT,
    "kind": {"enum": ["public", "server", "signing"]},
    "print": TEXT,
    "minted_at": INSTANT,
    "ends_at": {**or_null(INSTANT), "description": "from when on it is nobody's; null: it has no end"},
    "used_on": {
        "type": ["string", "null"],
        "format": "date",
        "description": "the last day, in UTC, on which something came with it; of a signing secret it is not known",
    },
}
KEY_SCHEMAS: Mapping[str, Schema] = {
    "Key": an_object({**_KEY, "key": {**or_null(TEXT), "description": "what a public key says; a secret is not kept"}}),
    "Keys": an_object({"keys": a_list({"$ref": "#/components/schemas/Key"})}),
    "MintedKey": an_object({**_KEY, "key": {**TEXT, "description": "a secret is told this once, and kept by nobody"}}),
    "KeyWish": an_object({"label": _LABEL}),
    "Rotation": an_object(
        {
            "label": _LABEL,
            "overlap": {
                **TEXT,
                "default": "24 hours",
                "description": "how long those before it go on working, such as 7 days; at most 90 days",
            },
        },
        optional=("overlap",),
    ),
}
