"""What is odd in a fleet, as tables and as a page.

Imported when a command runs: the modules of commands themselves are loaded on every
call of the shell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tripleo_cli.commands.columns import Lines
from tripleo_cli.domain.node import Node, exclusion
from tripleo_cli.domain.outliers.findings import Finding, Verdict, in_words
from tripleo_cli.domain.outliers.survey import Survey
from tripleo_cli.plugin import make_folder
from tripleo_cli.rendering.report import (
    Heading,
    render_report,
    report_data,
    report_lines,
)
from tripleo_cli.resources import shipped

COLUMNS = (
    "Node",
    "Group",
    "Metric",
    "Value",
    "Usual",
    "Deviation",
    "Verdict",
    "Excluded",
)


def table(
    findings: Sequence[Finding], nodes: Sequence[Node], *, for_people: bool
) -> Any:
    """Lay findings out: rounded for people, exact and with reasons for programs."""
    excluded = {node.id for node in nodes if exclusion(node) is not None}
    rows = [
        (
            one.node.name or one.node.id,
            one.group,
            one.subject,
            *(_rounded if for_people else _exact)(one),
            one.verdict.value,
            one.node.id in excluded,
            *([] if for_people else [one.reason]),
        )
        for one in findings
    ]
    # Reasons are sentences: a table of them is wider than any terminal.
    return (*COLUMNS, *([] if for_people else ["Reason"])), rows


def complaint(findings: Sequence[Finding], nodes: Sequence[Node]) -> str:
    """Name the nodes that are slow or differ and are in use; empty without any."""
    excluded = {node.id for node in nodes if exclusion(node) is not None}
    bad = {
        finding.node.name or finding.node.id
        for finding in findings
        if finding.verdict is not Verdict.FAST and finding.node.id not in excluded
    }
    if not bad:
        return ""
    number = f"{len(bad)} nodes are" if len(bad) > 1 else "1 node is"
    return f"{number} not what like machines are: {', '.join(sorted(bad))}"


def record(found: Survey, page: str) -> Any:
    """Lay the report out: lines for people, and all there is for programs."""
    data, lines = report_data(found), report_lines(found)
    fields = {name: Lines(value, lines[name]) for name, value in data.items()}
    return ("page", *fields), (page, *fields.values())


def write_page(found: Survey, source: str, output: Path) -> None:
    """Write the report as a page; ``source`` says where its nodes are from."""
    made_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    folder = shipped("templates") / "report"
    templates = {entry.name: entry.read_text() for entry in folder.iterdir()}
    page = render_report(found, Heading(source=source, made_at=made_at), templates)
    make_folder(output.parent).write(output.name, page)


def _rounded(one: Finding) -> tuple[str, ...]:
    deviation = "" if one.deviation is None else f"{one.deviation:+.0%}"
    return in_words(one.value), in_words(one.usual), deviation


def _exact(one: Finding) -> tuple[float | str | None, ...]:
    deviation = None if one.deviation is None else round(one.deviation, 4)
    return one.value, one.usual, deviation
