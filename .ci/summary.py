"""Print what run_tests.sh did: a line per stage, and a last line as pytest's.

Usage: summary.py FOLDER "STAGE EXIT_CODE SECONDS"...

A stage with a JUnit file in the folder counts as its tests, another one as one test.
"""

# ruff: noqa: T201 - printing is what this program is for

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET


def counts_of(folder: Path, stage: str, code: int) -> Counter[str]:
    """Count a stage's tests by outcome."""
    report = folder / f"{stage}.xml"
    if not report.is_file():
        return Counter({"failed" if code else "passed": 1})
    counts: Counter[str] = Counter()
    suites = ET.parse(report).iter("testsuite")  # noqa: S314 - our own pytest's
    for suite in suites:
        number = {name: int(suite.get(name, 0)) for name in ("tests", "skipped")}
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts["failed"] += bad
        counts["skipped"] += number["skipped"]
        counts["passed"] += number["tests"] - bad - number["skipped"]
    if code and not counts["failed"]:
        counts["failed"] += 1
    return counts


def main(folder: str, *results: str) -> None:
    """Write the summary."""
    total: Counter[str] = Counter()
    elapsed = 0
    print()
    for result in results:
        stage, code, seconds = result.split()
        counts = counts_of(Path(folder), stage, int(code))
        total += counts
        elapsed += int(seconds)
        said = ", ".join(
            f"{number} {what}" for what, number in counts.items() if number
        )
        verdict = "ok    " if code == "0" else "FAILED"
        print(f"{verdict} {stage:<13} {int(seconds):>5} s  {said}")
    said = ", ".join(
        f"{total[what]} {what}"
        for what in ("failed", "passed", "skipped")
        if total[what] or what == "passed"
    )
    print(f"==== {said} in {elapsed}.00s ====")


if __name__ == "__main__":
    main(*sys.argv[1:])
