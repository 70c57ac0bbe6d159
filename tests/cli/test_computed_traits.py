"""Computed traits as files: applied before what reads them, refused together with what they would break, and shown."""

from tests.cli.conftest import Regulars
from tests.cli.test_catalog import acts

RICH = "where: {computed: rich, at_least: 100}\n"


def test_what_others_read_is_made_first_and_goes_last(regulars: Regulars) -> None:
    regulars.write("catalog/computed-traits/a_score.yaml", "score: {of: z_revenue, steps: [10, 20]}\n")
    regulars.write("catalog/computed-traits/z_revenue.yaml", "orders: revenue\n")
    regulars.write("catalog/segments/good.yaml", "where: {computed: a_score, at_least: 3}\n")

    assert regulars("apply").code == 0
    for path in ("computed-traits/a_score", "computed-traits/z_revenue", "segments/good"):
        (regulars.folder / f"catalog/{path}.yaml").unlink()
    pruned = acts(regulars.json("apply", "--prune", "--yes"))
    gone = [name for name, act in pruned.items() if act == "prune"]
    assert gone == ["segment good", "computed_trait a_score", "computed_trait z_revenue"]


def test_a_file_that_names_no_computed_trait_is_refused_with_its_line(regulars: Regulars) -> None:
    regulars.write("catalog/segments/rich.yaml", RICH)

    ended = regulars("apply")
    assert ended.code == 1
    assert "rich.yaml:1" in ended.err
    assert "there is no computed trait rich" in " ".join(ended.err.split())


def test_a_change_that_breaks_a_live_segment_is_refused_before_anything_is_written(regulars: Regulars) -> None:
    regulars.write("catalog/computed-traits/rich.yaml", "orders: revenue\n")
    regulars.write("catalog/segments/rich.yaml", RICH)
    regulars("apply")
    (regulars.folder / "catalog/segments/rich.yaml").unlink()
    regulars.write("catalog/computed-traits/rich.yaml", "orders: last_time\n")
    regulars.platform.asked.clear()

    ended = regulars("apply")
    assert (ended.code, "would be wrong" in ended.err) == (1, True)
    assert {method for method, _ in regulars.platform.asked} == {"GET"}


def test_plan_says_what_a_computed_trait_keeps(regulars: Regulars) -> None:
    regulars.write("catalog/computed-traits/views.yaml", "event: Product Viewed\ncount: {}\nwithin: 7 days\n")

    assert "keeps the newest 101 of `Product Viewed`" in " ".join(regulars("plan").out.split())
