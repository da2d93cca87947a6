"""How much results may deviate, as an operator writes it on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tripleo_cli.domain.outliers.metrics import Kind
from tripleo_cli.domain.outliers.tolerance import DEFAULTS, Tolerances
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems

MOST_PERCENT: Final = 1000
_OPTION: Final = re.compile(r"\s*(\S.*?)\s*=\s*(\d+(?:\.\d+)?)\s*%?\s*")


def parse_tolerances(values: Iterable[str]) -> Tolerances:
    """Read ``--tolerance METRIC=PERCENT`` options.

    ``METRIC`` is a kind of metric ("cpu"), or a metric's name as results show it, in
    which the shell's wildcards stand for anything ("disk.*.standalone_*").

    Raises:
        InvalidInputError: It lists every value that cannot be read.
    """
    problems = Problems("tolerances")
    kinds = {kind.value: kind for kind in Kind}
    by_kind, by_pattern = dict(DEFAULTS), {}
    for value in values:
        option = f"--tolerance {value}"
        found = _OPTION.fullmatch(value)
        if not found or not 0 < float(found[2]) <= MOST_PERCENT:
            wanted = f"must be METRIC=PERCENT, more than 0 and up to {MOST_PERCENT}"
            problems.add(option, wanted, "--tolerance cpu=5")
        elif found[1] in kinds:
            by_kind[kinds[found[1]]] = float(found[2]) / 100
        elif "." in found[1] or "*" in found[1]:
            by_pattern[found[1]] = float(found[2]) / 100
        else:
            remedy = did_you_mean(found[1], kinds) or f"kinds are {', '.join(kinds)}"
            problems.add(option, f'there is no kind of metric "{found[1]}"', remedy)
    problems.check(hint="openstack overcloud hardware outliers --help")
    return Tolerances(by_kind=by_kind, by_pattern=by_pattern)
