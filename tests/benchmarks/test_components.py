"""The edges that are measured are seeded and many-shaped, and a method runs in a process of its own."""

from pathlib import Path

from benchmarks import components, edges
from benchmarks.components import AS_VALUES, OURS
from regulars.domain.graph import together

NUMBER = 20_000


def test_edges_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        edges.write(file, NUMBER, seed)
    one, same, other = map(edges.read, files)

    assert one == same != other
    assert len(one) == NUMBER


def test_people_are_small_and_some_are_large(tmp_path: Path) -> None:
    edges.write(tmp_path / "edges", NUMBER)
    sizes = sorted(map(len, together(edges.read(tmp_path / "edges"))))

    assert sizes[len(sizes) // 2] <= 8
    assert sizes[-1] > 50


def test_both_of_ours_find_the_same_groups(tmp_path: Path) -> None:
    file = tmp_path / "edges"
    edges.write(file, 2_000)
    one, other = (components._in_a_process(method, file) for method in (OURS, AS_VALUES))

    assert (one.groups, one.partition) == (other.groups, other.partition)
    assert one.edges == 2_000
    assert one.groups == len(together(edges.read(file)))
