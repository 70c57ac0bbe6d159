"""What answers about the audit trail look like."""

from collections.abc import Mapping

from regulars.adapters.shapes import FLAG, INSTANT, TEXT, WHOLE, Schema, a_list, a_page, an_object, named, ref
from regulars.domain.audit import KINDS

AUDIT_SCHEMAS: Mapping[str, Schema] = {
    "AuditRow": an_object(
        {
            "chain": {**TEXT, "description": "a day, a function and a lane"},
            "number": {**WHOLE, "description": "in its chain, from 0 and without gaps"},
            "at": INSTANT,
            "who": {**TEXT, "description": "the subject of the token"},
            "roles": a_list(TEXT),
            "kind": {"enum": list(KINDS)},
            "what": {**TEXT, "description": "the name of the route; of a login sign_in, refresh_token or token"},
            "whom": {**a_list(TEXT), "description": "profile ids, or ids of what was changed"},
            "count": {**WHOLE, "description": "of people, rows or definitions"},
            "opened": {**FLAG, "description": "personal fields were shown, and not masked"},
            "case": TEXT,
            "request": {**TEXT, "description": "the id of the request at the gateway"},
            "outcome": {**TEXT, "description": "begun, before a change; done; or the code of an error"},
            "after": {**TEXT, "description": "of the first row of a chain: the row of the days before that it follows"},
            "previous": {**TEXT, "description": "the hash of the row before"},
            "hash": {**TEXT, "description": "SHA-256 of all else that it says"},
        }
    ),
    "AuditPage": a_page("rows", a_list(ref("AuditRow"))),
    "Anchor": an_object(
        {
            "number": WHOLE,
            "at": INSTANT,
            "heads": {**named({"type": "array"}), "description": "by chain: the number and the hash of its last row"},
            "previous": {**TEXT, "description": "the hash of the anchor before"},
            "hash": TEXT,
        }
    ),
    "AnchorPage": a_page("anchors", a_list(ref("Anchor"))),
}
