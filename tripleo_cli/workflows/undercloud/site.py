"""One undercloud being installed: what it should be, and the tools to get there."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tripleo_cli.domain.host import Call, File, Result
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.journal import Entry
from tripleo_cli.domain.undercloud.layout import Layout
from tripleo_cli.domain.undercloud.secrets import masked
from tripleo_cli.errors import HostError
from tripleo_cli.workflows.ports import Clock
from tripleo_cli.workflows.undercloud.installed import Undercloud
from tripleo_cli.workflows.undercloud.ports import (
    Administration,
    Host,
    Machine,
    Supervisor,
)

LAST_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The world, as the installer meets it.

    ``templates`` maps the names of the shipped templates to their text; ``lock`` is
    the text of the services' lock file. ``python`` and ``uv`` are programs' paths.
    ``administration`` connects with the secrets that it is given.
    """

    host: Host
    machine: Machine
    supervisor: Callable[[Layout], Supervisor]
    administration: Callable[[UndercloudConfig, Mapping[str, str]], Administration]
    clock: Clock
    templates: Mapping[str, str]
    lock: str
    python: str
    uv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one run works on.

    ``files`` holds every configuration file by its name below ``etc``; ``stop`` is
    set when the operator asks the run to end.
    """

    config: UndercloudConfig
    layout: Layout
    secrets: Mapping[str, str] = field(repr=False)
    files: Mapping[str, File] = field(repr=False)
    tools: Tools = field(repr=False)
    host: Host
    supervisor: Supervisor
    administration: Administration
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def installed(self) -> Undercloud:
        """The same undercloud as those who only run it see it."""
        return Undercloud(
            config=self.config,
            host=self.host,
            machine=self.tools.machine,
            supervisor=self.supervisor,
            clock=self.tools.clock,
        )

    def must(self, call: Call) -> Result:
        """Run a command that has to succeed.

        Raises:
            HostError: It did not; the message has the last lines it wrote.
        """
        result = self.host.run(call)
        if not result.succeeded:
            raise HostError(
                f"{shlex.join(call.argv)} exited with {result.returncode}:\n"
                + masked(_last_lines(result), self.secrets)
            )
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Why a task runs: the journal's entry of the run before, and what is different.

    ``is_repair`` tells that nothing it depends on has changed since it was finished:
    only what it made is not as it was left.
    """

    before: Entry | None
    is_repair: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How a task is done: ``run`` says what changed, empty where nothing did.

    ``is_intact`` looks, changing nothing, whether what the task made is still there.
    """

    run: Callable[[Attempt], str]
    is_intact: Callable[[], bool] = lambda: True


Steps = Mapping[str, Step]


def _last_lines(result: Result) -> str:
    lines: Sequence[str] = (result.stdout + result.stderr).rstrip().splitlines()
    return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
