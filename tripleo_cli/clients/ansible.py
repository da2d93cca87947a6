"""A run of a playbook over some nodes, and what each node answered."""

from __future__ import annotations

import math
import os
import shutil
import signal
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from tripleo_cli.clients.answer import Answer
from tripleo_cli.errors import HostError

POLL_S = 0.5
"""How soon Ctrl-C is noticed while Ansible says nothing."""

CONFIG = "[defaults]\ninternal_poll_interval = 0.05\n"
"""What cannot be said in Ansible's environment.

It would look a thousand times a second whether a node has answered, for the minutes
that a step takes.
"""

_KEPT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "SSH_AUTH_SOCK", "TMPDIR", "USER")
"""What Ansible gets of our environment, which may hold passwords."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A playbook and what it is run with; ``timeout_s`` is for each host.

    ``hosts`` are Ansible's variables by host, ``variables`` are for all hosts.
    ``forks`` is how many hosts work at a time. ``cwd`` is where Ansible is started, and
    so its ssh.
    """

    playbook: str
    hosts: Mapping[str, Mapping[str, Any]]
    cwd: Path
    variables: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    forks: int = 20
    timeout_s: float = 600

    @property
    def limit_s(self) -> float:
        """How long all of it may take: hosts wait for their turn."""
        return self.timeout_s * math.ceil(len(self.hosts) / self.forks)


OnAnswer = Callable[[str, Answer], None]


def play(folder: Path, asked: Play, on_answer: OnAnswer) -> Mapping[str, Answer]:
    """Run a playbook in a folder of its own, which is gone afterwards.

    Args:
        folder: Where that folder is made; ours alone.
        asked: What to run.
        on_answer: Told of each node as soon as it has answered.

    Returns:
        The answers of all nodes.

    Raises:
        HostError: Ansible cannot be run here.
        KeyboardInterrupt: Ctrl-C; Ansible has ended.
    """
    heard = Listener(on_answer)
    private = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    try:
        with _interruptible() as is_interrupted:
            runner = _runner(private, asked, heard, is_interrupted)
            runner.run()
            if is_interrupted():
                raise KeyboardInterrupt
            return _complete(asked, heard.answers, runner)
    finally:
        _end(private)
        shutil.rmtree(private, ignore_errors=True)


class Listener:
    """Takes Ansible's events, in the thread that runs it."""

    def __init__(self, on_answer: OnAnswer) -> None:
        self.answers: dict[str, Answer] = {}
        self._on_answer = on_answer

    def __call__(self, event: Mapping[str, Any]) -> bool:
        """Take note of an event; none is kept in a file."""
        data = event.get("event_data") or {}
        host = data.get("host", "")
        kind = event.get("event")
        if kind in ("runner_on_ok", "runner_on_failed"):
            self._take(host, data, is_failed=kind == "runner_on_failed")
        elif kind == "runner_on_unreachable":
            failure = _message(data.get("res") or {})
            self._tell(host, Answer(failure=failure, is_reached=False))
        return False

    def _take(self, host: str, data: Mapping[str, Any], *, is_failed: bool) -> None:
        result = data.get("res") or {}
        if data.get("task_action") == "ansible.builtin.command" and "rc" in result:
            printed = str(result.get("stdout") or "")
            said = str(result.get("stderr") or result.get("msg") or "")
            code = result["rc"]
            self._tell(host, Answer(printed=printed, code=code, failure=said))
        elif is_failed:
            self._tell(host, Answer(failure=_message(result)))

    def _tell(self, host: str, answer: Answer) -> None:
        self.answers[host] = answer
        self._on_answer(host, answer)


def _runner(
    private: Path, asked: Play, heard: Listener, is_interrupted: Callable[[], bool]
) -> Any:
    from ansible_runner import interface  # noqa: PLC0415 - slow, and not always used

    project = private / "project"
    project.mkdir()
    (project / "play.yaml").write_text(asked.playbook)
    (project / "ansible.cfg").write_text(CONFIG)
    inventory = {"all": {"hosts": asked.hosts, "vars": dict(asked.variables)}}
    runner = interface.init_runner(
        private_data_dir=str(private),
        playbook=str(project / "play.yaml"),
        inventory=inventory,
        envvars={**_settings(private), **asked.settings},
        settings={"pexpect_timeout": POLL_S, "suppress_output_file": False},
        forks=asked.forks,
        timeout=round(asked.limit_s),
        quiet=True,
        event_handler=heard,
        cancel_callback=is_interrupted,
    )
    runner.config.env = _clean(runner.config.env)
    runner.config.cwd = str(asked.cwd)
    return runner


def _settings(private: Path) -> dict[str, str]:
    return {
        # The operator's own settings are for the operator's own playbooks.
        "ANSIBLE_CONFIG": str(private / "project/ansible.cfg"),
        "ANSIBLE_HOME": str(private / "home"),
        "ANSIBLE_GATHERING": "explicit",
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_SSH_USETTY": "False",
        "ANSIBLE_STRATEGY": "free",
        # ssh itself waits for a connection; a second attempt is the caller's choice.
        "ANSIBLE_SSH_RETRIES": "0",
        "ANSIBLE_TIMEOUT": "10",
    }


def _clean(env: Mapping[str, str]) -> dict[str, str]:
    ours = ("ANSIBLE_", "AWX_", "RUNNER_", "ORIGINAL_")
    kept = {k: v for k, v in env.items() if k in _KEPT or k.startswith(ours)}
    scripts = sysconfig.get_path("scripts")
    return {**kept, "PATH": f"{scripts}:{os.environ.get('PATH', os.defpath)}"}


def _complete(
    asked: Play, answers: Mapping[str, Answer], runner: Any
) -> Mapping[str, Answer]:
    missing = asked.hosts.keys() - answers.keys()
    if not missing:
        return answers
    if runner.status == "timeout":
        why = f"it did not answer in {asked.limit_s:.0f} s"
        late = Answer(failure=why, is_reached=False)
        return {**answers, **dict.fromkeys(missing, late)}
    with runner.stdout as stream:
        last = "\n".join(stream.read().strip().splitlines()[-5:])
    raise HostError(
        f"ansible-playbook ended with {runner.rc} and has no result for "
        f"{', '.join(sorted(missing))}: {last}",
        hint="is it installed beside this program? ansible-playbook --version",
    )


def _end(private: Path) -> None:
    """End what a run that was stopped has left: Ansible's workers, and their ssh.

    They have sessions of their own, so they do not go with their parent.
    """
    mine = psutil.Process().pid
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or ()
        if process.pid != mine and any(f"{private}/" in word for word in words):
            _end_family(process)


def _end_family(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        for one in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                one.terminate()


def _message(result: Mapping[str, Any]) -> str:
    words = (result.get("msg"), result.get("module_stderr"), result.get("stderr"))
    return "\n".join(str(one).strip() for one in words if one)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C be asked for, so that Ansible is ended before we are."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
