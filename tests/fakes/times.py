"""Time servers in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tripleo_cli.domain.ntp import TimeAnswer

UNKNOWN = TimeAnswer(failure="its name cannot be resolved: Name or service not known")


class FakeTimeServers:
    """Servers by name; all others cannot be resolved."""

    def __init__(self, **answers: TimeAnswer) -> None:
        self.answers: dict[str, TimeAnswer] = dict(answers)

    def ask(self, servers: Collection[str]) -> Mapping[str, TimeAnswer]:
        return {name: self.answers.get(name, UNKNOWN) for name in servers}
