"""
Who belongs together over a million edges: our partition beside networkx's and Splink's, each in a process of its own.

`python -m benchmarks.components METHOD FILE` is one of them; it prints what it took as a line of JSON. The clock runs
when the edges are at hand in the shape that the method takes: pairs in memory, or tables of DuckDB. All that its
process computes counts, on however many threads.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

from benchmarks import edges
from benchmarks.instructions import ROOT
from regulars.domain.graph import groups_of, together
from regulars.domain.profiles import Edge

TOOLS = ROOT / ".regulars" / "peers" / "tools"  # `make bench` installs them there
MISSING = "networkx and Splink are missing, nothing is measured against them; cure: make bench ARGS=graph"
OURS, AS_VALUES, NETWORKX, SPLINK = "together", "groups_of", "networkx", "splink"
ALONE = (OURS, AS_VALUES)
SIZES = (1_000_000, 2_000_000, 5_000_000)
Groups = Iterable[Iterable[str]]
Timed = tuple[float, float, Groups]  # seconds, megabytes, who belongs together
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one method took for so many edges; `partition` is a print of who belongs together."""

    method: str
    edges: int
    seconds: float  # of a core
    megabytes: float  # at the peak of the process, the edges included
    groups: int
    partition: str


def measure(sizes: Iterable[int] = SIZES) -> list[Taken]:
    """Measure ours and, where they are installed, the peers; networkx at the first size only."""
    found = []
    with TemporaryDirectory() as folder:
        file = Path(folder, "edges")
        for index, size in enumerate(sizes):
            edges.write(file, size)
            methods = [OURS, SPLINK] if index else [OURS, AS_VALUES, NETWORKX, SPLINK]
            found += [_in_a_process(method, file) for method in methods if method in ALONE or are_peers_there()]
    return found


def are_peers_there() -> bool:
    """Say whether there is somebody to be measured against."""
    return (TOOLS / "splink").is_dir()


def ours(file: Path) -> Timed:
    """Gather pairs."""
    return _timed(together, edges.read(file))


def ours_as_values(file: Path) -> Timed:
    """Gather edges as the pipeline has them."""
    values = [Edge(one=one, other=other) for one, other in edges.read(file)]
    owners = {owner for edge in values for owner in (edge.one, edge.other)}
    return _timed(partial(groups_of, owners), values)


def of_networkx(file: Path) -> Timed:
    """Make a graph of pairs, and ask for its components."""
    import networkx

    def components(pairs: list[tuple[str, str]]) -> Groups:
        graph = networkx.Graph()
        graph.add_edges_from(pairs)
        return list(networkx.connected_components(graph))

    return _timed(components, edges.read(file))


def of_splink(file: Path) -> Timed:
    """Let Splink cluster a table of DuckDB."""
    import duckdb
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold as cluster

    connection = duckdb.connect()
    columns = "columns={'unique_id_l': 'VARCHAR', 'unique_id_r': 'VARCHAR'}"
    connection.execute(f"CREATE TABLE edges AS FROM read_csv('{file}', delim=' ', header=false, {columns})")
    connection.execute(
        "CREATE TABLE nodes AS SELECT unique_id_l AS unique_id FROM edges UNION SELECT unique_id_r FROM edges"
    )
    api = DuckDBAPI(connection)
    nodes, pairs = api.register("nodes"), api.register("edges")
    seconds, megabytes, table = _timed(lambda pairs: cluster(nodes, pairs, api, node_id_column_name="unique_id"), pairs)
    grouped = f"SELECT list(unique_id) FROM {table.physical_name} GROUP BY cluster_id"
    return seconds, megabytes, [group for (group,) in connection.execute(grouped).fetchall()]


METHODS = {OURS: ours, AS_VALUES: ours_as_values, NETWORKX: of_networkx, SPLINK: of_splink}


def _timed(what: Callable[[T], R], given: T) -> tuple[float, float, R]:
    began = process_time()
    found = what(given)
    return process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found


def _in_a_process(method: str, file: Path) -> Taken:
    folders = [ROOT, ROOT / "layers" / "shared" / "python", *([] if method in ALONE else [TOOLS])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    command = [sys.executable, "-m", "benchmarks.components", method, str(file)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{method} failed: {ended.stderr[-600:]}")
    return Taken(**json.loads(ended.stdout.splitlines()[-1]))


def _print_of(groups: Groups) -> str:
    lines = sorted(" ".join(sorted(group)) for group in groups)
    return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def main(method: str, file: Path) -> None:
    """Run one method over a file."""
    seconds, megabytes, groups = METHODS[method](file)
    lists = [list(group) for group in groups]
    with file.open() as lines:
        number = sum(1 for _ in lines)
    taken = {"method": method, "edges": number, "seconds": round(seconds, 2), "megabytes": round(megabytes)}
    print(json.dumps({**taken, "groups": len(lists), "partition": _print_of(lists)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
