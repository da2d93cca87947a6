"""What findings become for an operator."""

from __future__ import annotations

from tripleo_cli.domain.overcloud.outcome import Account, CheckOutcome
from tripleo_cli.workflows.after_step import Finding, texts_of

ACCOUNT = Account(unit="x", log=("out of memory",), resource="Service[x] (/x.pp:1)")


def finding(where: str, name: str, told_by: str = "") -> Finding:
    check = CheckOutcome(name=name, passed=False, account=ACCOUNT, told_by=told_by)
    return Finding(step=4, where=where, check=check, nodes=(where,))


def test_a_units_last_lines_are_told_once() -> None:
    told = texts_of(
        [finding("c-0", "it runs"), finding("c-0", "it listens"), finding("c-1", "a")]
    )

    assert told["c-0"].count("out of memory") == 1
    assert told["c-0"].count("Service[x]") == 1
    assert told["c-0"].count("(unit x)") == 2
    assert told["c-1"].count("out of memory") == 1


def test_a_check_from_here_is_told_with_the_node_that_knows() -> None:
    told = texts_of([finding("c-0", "it runs"), finding("x-api", "a page", "c-0")])

    assert "(unit x on c-0)" in told["x-api"]
    assert "out of memory" not in told["x-api"]
