"""Groups of like machines, and what is usual among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tripleo_cli.domain.node import Node
from tripleo_cli.domain.outliers.group import GroupKey, group_of
from tripleo_cli.domain.outliers.metrics import kind_of
from tripleo_cli.domain.outliers.peers import Peers, peers_for
from tripleo_cli.domain.outliers.statistic import median

__all__ = ["GroupKey", "group_of", "medians"]


def medians(
    nodes: Iterable[Node], is_wanted: Callable[[str], bool] = lambda _: True
) -> Mapping[GroupKey, Mapping[str, float]]:
    """Give for each group the median of every metric, under the collector's name.

    A metric is compared among all machines that are alike in what it measures: how
    many disks there are says nothing of a CPU, so that a group of one still has
    something to be compared with. Only metrics that are wanted are looked at.
    """
    pools: dict[Peers, dict[str, list[float]]] = {}
    members: dict[GroupKey, dict[str, list[float]]] = {}
    for node in nodes:
        if node.facts is not None:
            key = group_of(node.facts)
            metrics = members.setdefault(key, {})
            benchmarks = node.facts.benchmarks
            for metric in filter(is_wanted, benchmarks):
                values = metrics.get(metric)
                if values is None:
                    pool = pools.setdefault(peers_for(key, kind_of(metric))[0], {})
                    values = metrics[metric] = pool.setdefault(metric, [])
                values.append(benchmarks[metric])
    usual = {
        id(values): median(values)
        for pool in pools.values()
        for values in pool.values()
    }
    return {
        key: {metric: usual[id(values)] for metric, values in metrics.items()}
        for key, metrics in members.items()
    }
