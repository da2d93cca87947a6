"""Reports of real runs of puppet 7.23 (tests/data/puppet)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.node.report import Failure, Managed, summarize

DATA = Path(__file__).resolve().parents[2] / "data/puppet"


def test_a_report_is_counted_and_names_what_failed() -> None:
    summary = summarize((DATA / "failed.yaml").read_text())

    assert (summary.changed, summary.failed, summary.skipped) == (1, 2, 1)
    boom, service = summary.failures
    assert boom == Failure(
        "Exec[boom]",
        "change from 'notrun' to ['0'] failed: '/bin/sh -c \"echo oh no; exit 3\"' "
        "returned 3 instead of one of [0]\noh no",
        "/tmp/t.pp",  # noqa: S108 - in the captured report
        2,
    )
    assert (service.resource, service.line) == ("Service[no-such]", 4)
    assert "Systemd start for no-such failed!" in service.message


def test_the_slowest_are_named_longest_first_and_trifles_are_not() -> None:
    summary = summarize((DATA / "failed.yaml").read_text())

    assert summary.slowest == (("Service[no-such]", 3.9),)


def test_units_are_told_with_who_looks_after_them() -> None:
    summary = summarize((DATA / "failed.yaml").read_text())

    place = "/tmp/t.pp:4"  # noqa: S108 - in the captured report
    assert summary.managed == (Managed("Service[no-such]", "main", place),)


def test_a_run_without_changes_tells_what_it_would_do() -> None:
    summary = summarize((DATA / "noop.yaml").read_text())

    assert (summary.changed, summary.failures) == (2, ())
    assert "File[/etc/e-test]/content:\n--- /etc/e-test" in summary.diff
    assert "\n-world\n+there" in summary.diff
    assert "Exec[/bin/true]/returns: current_value 'notrun'" in summary.diff


def test_a_resource_that_only_logged_its_error_has_a_message() -> None:
    text = """\
noop: false
logs:
- {level: err, source: "/Stage[main]/Mysql_user[a]", message: "no client"}
- {level: err, source: "/Stage[main]/Mysql_user[ab]", message: "another's"}
resource_statuses:
  Mysql_user[a]: {failed: true, changed: false, skipped: false, out_of_sync: false}
"""

    assert summarize(text).failures == (Failure("Mysql_user[a]", "no client"),)


@pytest.mark.parametrize("text", ["", "[", "{}", "--- !ruby/object:X\na: 1\n"])
def test_what_is_no_report_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="report cannot be read"):
        summarize(text)
