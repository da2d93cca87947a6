"""The hardware of a fleet as one HTML page, and the same as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from tripleo_cli.domain.facts import Nic
from tripleo_cli.domain.node import Node, exclusion, label
from tripleo_cli.domain.outliers.comparison import Comparison, Single
from tripleo_cli.domain.outliers.findings import Finding, Verdict, in_words
from tripleo_cli.domain.outliers.statistic import CUT, ENOUGH, FEWEST
from tripleo_cli.domain.outliers.survey import Survey, worst
from tripleo_cli.rendering import cabling, fleet, singles, strips

PAGE: Final = "page.html.j2"
MOST_LINES: Final = 20
"""How many groups are listed on a terminal."""
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where the page's facts come from, and when it was made (in words)."""

    source: str
    made_at: str


def render_report(
    survey: Survey, heading: Heading, templates: Mapping[str, str]
) -> str:
    """Write the page; it needs nothing but itself, not even a network.

    Args:
        survey: What was found.
        heading: What stands on top.
        templates: The files of ``templates/report`` by name.
    """
    nodes = _inspected(survey)
    page = _environment(templates).get_template(PAGE)
    return page.render(
        heading=heading,
        survey=survey,
        inspected=len(nodes),
        counts={verdict.value: len(survey.of(verdict)) for verdict in Verdict},
        odd=worst(survey.findings),
        groups=_groups(survey),
        charts=fleet.charts(nodes),
        blocks=strips.blocks(survey.comparisons),
        singles=singles.tables(survey.singles),
        scale={"width": strips.WIDTH, "height": strips.HEIGHT},
        firmware=fleet.firmware(nodes),
        matrices=cabling.matrices(nodes),
        rules={"cut": CUT, "fewest": FEWEST, "enough": ENOUGH},
    )


def report_data(survey: Survey) -> JsonObject:
    """Give all that the page shows, for programs."""
    nodes = _inspected(survey)
    return {
        "groups": _groups(survey),
        "findings": [finding_data(finding) for finding in survey.findings],
        "comparisons": [_comparison(one) for one in survey.comparisons],
        "single_results": [_single(one) for one in survey.singles],
        "firmware": {
            f"{one.product}: {one.component}": {
                version.version: list(version.nodes) for version in one.versions
            }
            for one in fleet.firmware(nodes)
        },
        "cabling": {
            label(node): {nic.name: _cable(nic) for nic in node.facts.nics}
            for node in nodes
            if node.facts
        },
        "not_inspected": _names(survey.unknown),
        "without_benchmarks": _names(survey.unmeasured),
        "not_compared": _names(survey.alone),
    }


def report_lines(survey: Survey) -> Mapping[str, Sequence[str]]:
    """Give the same fields as :func:`report_data`, in lines for people."""
    nodes = _inspected(survey)
    versions = [
        f"{one.product}: {one.component} {version.version} x {len(version.nodes)}"
        for one in fleet.firmware(nodes)
        for version in one.versions
    ]
    switches = {name for one in cabling.matrices(nodes) for name in one.switches}
    return {
        "groups": _first(
            [f"{len(all_)} x {key}" for key, all_ in survey.groups.items()]
        ),
        "findings": [
            f"{verdict.value}: {', '.join(_odd_names(survey, verdict))}"
            for verdict in (Verdict.SLOW, Verdict.FAST, Verdict.DIFFERS)
            if survey.of(verdict)
        ],
        "comparisons": [
            f"{_metrics(survey.comparisons)} of like machines",
            *_first([f"unstable: {m.metric} ({m.group})" for m in survey.unstable]),
        ],
        "single_results": _single_lines(survey),
        "firmware": versions,
        "cabling": [f"{len(switches)} switches"],
        "not_inspected": _names(survey.unknown),
        "without_benchmarks": _names(survey.unmeasured),
        "not_compared": _names(survey.alone),
    }


def _metrics(all_: Sequence[object]) -> str:
    return "1 metric" if len(all_) == 1 else f"{len(all_)} metrics"


def _single_lines(survey: Survey) -> list[str]:
    few = f"of fewer than {FEWEST} like machines"
    return [f"{_metrics(survey.singles)} {few}"] if survey.singles else []


def _first(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {rest} more"] if rest > 0 else lines


def _odd_names(survey: Survey, verdict: Verdict) -> list[str]:
    return sorted(label(all_[0].node) for all_ in survey.of(verdict).values())


def finding_data(finding: Finding) -> JsonObject:
    """Give one finding, for programs."""
    deviation = finding.deviation
    return {
        "node": label(finding.node),
        "group": finding.group,
        "metric": finding.subject,
        "value": finding.value,
        "usual": finding.usual,
        "deviation": None if deviation is None else round(deviation, 4),
        "verdict": finding.verdict.value,
        "reason": finding.reason,
    }


def _environment(templates: Mapping[str, str]) -> Environment:
    made = Environment(
        loader=DictLoader(dict(templates)),
        undefined=StrictUndefined,
        # Names of nodes and products are the operator's and the makers'.
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["words"] = in_words
    made.filters["percent"] = lambda value: f"{value:+.0%}"
    made.filters["label"] = label
    return made


def _groups(survey: Survey) -> list[JsonObject]:
    verdicts = (Verdict.SLOW, Verdict.FAST, Verdict.DIFFERS)
    odd = {verdict.value: survey.of(verdict).keys() for verdict in verdicts}
    return [
        {
            "group": str(key),
            "manufacturer": key.manufacturer,
            "product": key.product,
            "cpu_model": key.cpu_model,
            "count": len(nodes),
            "nodes": _names(nodes),
            "excluded": _names(node for node in nodes if exclusion(node) is not None),
        }
        | {
            verdict: _names(node for node in nodes if node.id in found)
            for verdict, found in odd.items()
        }
        for key, nodes in survey.groups.items()
    ]


def _comparison(one: Comparison) -> JsonObject:
    return {
        "group": one.group,
        "metric": one.metric,
        "kind": one.kind.value,
        "median": one.median,
        "scatter": round(one.scatter, 4),
        "limit": round(one.limit, 4),
        "lower_is_better": one.lower_is_better,
        "unstable": one.is_unstable,
        "results": {label(dot.node): dot.reading.value for dot in one.dots},
    }


def _single(one: Single) -> JsonObject:
    return {
        "group": one.group,
        "metric": one.metric,
        "kind": one.kind.value,
        "results": {label(dot.node): dot.reading.value for dot in one.dots},
    }


def _cable(nic: Nic) -> JsonObject | None:
    if nic.switch is None:
        return None
    return {
        "switch": nic.switch.system_name or nic.switch.chassis,
        "port": nic.switch.port,
        "vlans": list(nic.switch.vlans),
    }


def _inspected(survey: Survey) -> list[Node]:
    nodes = [node for members in survey.groups.values() for node in members]
    return sorted(nodes, key=lambda node: (node.name, node.id))


def _names(nodes: Iterable[Node]) -> list[str]:
    return [label(node) for node in nodes]
