"""`python -m cli.register` writes the register of processing into docs/requests.md."""

from pathlib import Path

from regulars.domain.register import PLACES

PAGE = Path(__file__).parents[1] / "docs" / "requests.md"
START, END = "<!-- register: made by `python -m cli.register` -->", "<!-- end of register -->"


def table() -> str:
    """Return the rows: each place, what it holds, why, how long, who receives it, and what an erasure does."""
    head = ["| place | holds | why | kept | an erasure | who receives it |", "|---|---|---|---|---|---|"]
    rows = [
        f"| {one.name} ({one.sort}) | {one.holds} | {one.why} | {one.kept} | {one.treatment} | {one.receives} |"
        for one in PLACES
    ]
    return "\n".join([*head, *rows])


def page(text: str) -> str:
    """Write the table between the markers of a page."""
    before, _, rest = text.partition(START)
    return f"{before}{START}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
