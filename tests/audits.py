"""A trail as processes write it: rows of several functions, lanes and days, made by a plain oracle of a chain."""

from collections.abc import Sequence
from random import Random

from regulars.domain.audit import KINDS, Deed, Head, Row, day_in, follow, series_of
from regulars.domain.audit_anchors import Anchor, anchor
from regulars.domain.instants import DAY, HOUR, SECOND

START = 20_000 * DAY
FIRST, LAST = "2024-10-04", "2024-10-20"


def a_deed(number: int = 0, **changes: object) -> Deed:
    """A valid deed."""
    said: dict[str, object] = {
        "who": f"s-{number % 3}",
        "roles": ("privacy",),
        "kind": KINDS[number % 2],
        "what": "get_profile",
        "whom": (f"p_email:{number}", "p_user_id:u"),
        "count": 2,
        "opened": True,
        "case": "DSR-7",
        "request": f"r-{number}",
        "outcome": "done",
        **changes,
    }
    return Deed(**said)  # type: ignore[arg-type]  # a builder takes any field by name


def a_trail(seed: int, rows: int = 40) -> tuple[list[Row], list[Anchor]]:
    """Rows in the order in which they are read, and an anchor each hour in which something came."""
    random = Random(seed)
    heads: dict[tuple[str, int], Head] = {}
    written: list[Row] = []
    anchors: list[Anchor] = []
    now, anchored = START, START
    for number in range(rows):
        now += random.choice((1, SECOND, 5 * SECOND, HOUR // 2, 3 * HOUR, DAY if number % 9 == 0 else SECOND))
        if now - anchored > HOUR:
            anchored = now
            anchors.append(anchor_of(written, at=now - 1, before=anchors[-1] if anchors else None))
        series = (random.choice(("admin_api", "profile_api")), random.choice((0, 0, 1)))
        head = heads.get(series)
        row = follow(a_deed(number), _near(head, now), at=now, function=series[0], lane=series[1])
        heads[series] = row.head
        written.append(row)
    anchors.append(anchor_of(written, at=now, before=anchors[-1] if anchors else None))
    return sorted(written, key=lambda row: row.place), anchors


def anchor_of(rows: Sequence[Row], *, at: int, before: Anchor | None) -> Anchor:
    """Anchor the head of every chain."""
    heads = {row.place.chain: row.head for row in sorted(rows, key=lambda row: row.place)}
    return anchor(list(heads.values()), at=at, before=before)


def _near(head: Head | None, now: int) -> Head | None:
    """A writer looks a week back, no further."""
    if head is None:
        return None
    back = (now // DAY) - _day(head.place.chain)
    return head if back <= 7 else None


def _day(chain: str) -> int:
    from datetime import date

    return (date.fromisoformat(day_in(chain)) - date(1970, 1, 1)).days


def rewritten(rows: Sequence[Row], at: int) -> list[Row]:
    """The rows of a chain with honest hashes from one on, as somebody writes them who knows how it is done."""
    done = list(rows[: at + 1])
    for row in rows[at + 1 :]:
        before = done[-1]
        if row.place.chain != before.place.chain:
            return [*done, *rows[len(done) :]]
        function, lane = series_of(row.place.chain).split("#")
        done.append(follow(row.deed, before.head, at=row.at, function=function, lane=int(lane)))
    return done
