"""Pages of the documentation, read and done as their readers would.

A block ``console`` has commands and, below each, lines that they print; a block with a
caption is a file that the reader writes.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from tests.e2e.conftest import TIME_LIMIT_S, Shell
from tests.e2e.fleet import place_to_listen

DOCS = Path(__file__).parents[2] / "docs"
CONSOLE = re.compile(
    r"^\.\. code-block:: console\n\n((?: +.*\n|\n)+)", flags=re.MULTILINE
)
WRITTEN = re.compile(
    r"^\.\. code-block:: \w+\n   :caption: (\S+)\n\n((?: +.*\n|\n)+)",
    flags=re.MULTILINE,
)
INCLUDED = re.compile(
    r"^\.\. literalinclude:: (\S+)\n(?:   :language: \w+\n)?   :caption: (\S+)\n",
    flags=re.MULTILINE,
)
PROMPT = re.compile(r"(?P<host>[\w-]+@[\w-]+:~)?\$ (?P<words>.*)")
LOGIN = re.compile(r"ssh (?:-\S+ \S+ )*\S+@\S+")
BORDER = re.compile(r"[-+]+")
FAILURE = "Try: "
"""What the last line begins with that a command prints when it fails."""
UNASKED = (
    "ssh -o BatchMode=yes -o StrictHostKeyChecking=no "
    "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
)
"""Nobody is there to be asked about a new host's key."""

NAMES = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+(?:\.\d+){3}"
"""UUIDs and addresses: another one each time, but the same wherever it is meant."""
OTHERS: Mapping[str, str] = {
    "cut": r"\.\.\.",
    "time": r"\d{4}-\d\d-\d\dT[\d:]+(?:\+00:00|Z)?",
    "stamp": r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d",
    "hash": r"[0-9a-f]{64}",
    "process": r"\[\d+\]|(?<=process )\d+",
    "duration": r"(?:\d+ h )?(?:\d+ min )?\d+(?:\.\d+)? s\b",
    "amount": r"\d+(?= (?:changed|changes|passed)\b)",
    "decimal": r"\d+\.\d+",
    "space": r"\s+",
}
"""What is another each time it is printed, or may be."""
PARTS = re.compile(
    "|".join(
        [
            f"(?P<name>{NAMES})",
            *(f"(?P<{kind}>{pattern})" for kind, pattern in OTHERS.items()),
            "(?P<rest>.)",
        ]
    )
)


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it, and the lines that the page has below it."""

    words: str
    on_node: bool
    output: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the page lets it fail."""
        return any(line.startswith(FAILURE) for line in self.output)


def commands_in(page: str) -> Iterator[Shown]:
    """Read the commands of a page, in their order."""
    for block in CONSOLE.findall(page):
        whole = re.sub(r"\s*\\\n\s*", " ", dedent(block)).rstrip()
        for part in re.split(r"\n(?=(?:[\w-]+@[\w-]+:~)?\$ )", whole):
            first, *output = part.splitlines()
            prompt = PROMPT.fullmatch(first)
            assert prompt, f"no command: {first}"
            yield Shown(prompt["words"], bool(prompt["host"]), tuple(output))


def files_in(page: str) -> Iterator[tuple[str, str]]:
    """Read the files that a page has its reader write."""
    for name, text in WRITTEN.findall(page):
        yield name, dedent(text)
    for source, name in INCLUDED.findall(page):
        yield name, (DOCS / source).read_text()


@dataclass
class Reader:
    """Somebody who follows pages in a folder of their own.

    ``met`` has what pages call by a name that is another one here: addresses, UUIDs.
    ``login`` is the command that they have logged in to a node with.
    """

    shell: Shell
    folder: Path
    met: dict[str, str] = field(default_factory=dict)
    login: str = ""

    def follow(self, name: str) -> None:
        """Do what a page says, and see that it comes out as it says."""
        page = (DOCS / name).read_text()
        for file, text in files_in(page):
            (self.folder / file).parent.mkdir(exist_ok=True)
            (self.folder / file).write_text(text)
        for shown in commands_in(page):
            words = re.sub(NAMES, lambda one: self.met.get(one[0], one[0]), shown.words)
            if LOGIN.fullmatch(words):
                self.login = words.replace("ssh ", UNASKED, 1)
                continue
            if shown.on_node:
                words = f"{self.login} {shlex.quote(words)}"
            code, said = self.run(words)
            assert (code != 0) is shown.fails, f"{words}\n{said}[{code}]"
            self.compare(shown, said)

    def run(self, words: str) -> tuple[int, str]:
        """Run a line in a shell; gives its exit code, and what it printed."""
        # Another fleet may play on the usual port of this undercloud.
        place = f"fleet run --listen {place_to_listen()}"
        began = time.monotonic()
        done = subprocess.run(
            ("/bin/bash", "-o", "pipefail", "-c", words.replace("fleet run", place)),
            cwd=self.folder,
            env=self.shell.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )
        end = f"[{done.returncode}, {time.monotonic() - began:.1f} s]"
        sys.stdout.write(f"$ {words}\n{done.stdout}{end}\n")
        return done.returncode, done.stdout

    def compare(self, shown: Shown, said: str) -> None:
        """See that a command printed the lines that its page has, in their order."""
        lines = iter(said.splitlines())
        for wanted in map(str.strip, shown.output):
            if wanted in ("", "...") or BORDER.fullmatch(wanted):
                continue
            pattern, names = pattern_of(wanted)
            matches = (pattern.fullmatch(line.strip()) for line in lines)
            match = next((one for one in matches if one), None)
            assert match, f"$ {shown.words}\nshould say:\n{wanted}\nand said:\n{said}"
            for name, own in zip(names, match.groups(), strict=True):
                assert self.met.setdefault(name, own) == own, f"{name} is another now"


def pattern_of(line: str) -> tuple[re.Pattern[str], list[str]]:
    """Say what a line of a page looks like; gives the names that stand in it, too."""
    pattern, names = "", []
    for part in PARTS.finditer(line):
        match part.lastgroup:
            case "name":
                names.append(part[0])
                pattern += f"({NAMES})"
            case "rest":
                pattern += re.escape(part[0])
            case "cut":
                pattern += ".*"
            case kind:
                pattern += f"(?:{OTHERS[str(kind)]})"
    return re.compile(pattern), names
