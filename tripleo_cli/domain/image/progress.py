"""Follow a build by what diskimage-builder and apt write."""

from __future__ import annotations

import re

_PHASES = {
    "root": "making the root filesystem",
    "pre-install": "reading lists of packages",
    "install": "installing packages",
    "post-install": "setting the node up",
    "finalise": "cleaning up",
}
_HOOKS = re.compile(r"Running (?:hooks from )?\S+/([a-z-]+)\.d\b")
_NEW = re.compile(r"\d+ upgraded, (\d+) newly installed")
_STEP = re.compile(r"(?:> )?(?:Unpacking|Setting up) ")
_FETCH = re.compile(r"Need to get ([\d.,]+ [kMG]?B)")
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \| ")
_PACKING = "Target: cleanup.d"
# What our elements say, which end with all files removed from where they were.
_WRITING = {
    "Writing the disk": "writing the disk",
    "Writing the ramdisk": "writing the ramdisk",
    "Converting image using qemu-img": "packing the disk",
}
# apt's own errors, those of scripts that packages run, and diskimage-builder's.
_ERROR = re.compile(
    r"(?:> )?(E: .+|dpkg: error .+|ERROR: .+|.*No space left on device)"
)
_UNKNOWN = re.compile(
    r"(?:Unable to locate package|Package '?|no installation candidate for) ?"
    r"([a-z0-9][a-z0-9+.-]+)"
)
_PERCENT_STEP = 10
_KEPT_LINES = 8
_KEPT_ERRORS = 5


class BuildLog:
    """Reads a build's lines; what it is at, and what went wrong."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._last: list[str] = []
        self._phase = "beginning"
        self._wrote = False
        self._new = 0
        self._done = 0

    def read(self, line: str) -> str:
        """Take a line, and say what the build is at; the same for most lines."""
        text = _STAMP.sub("", line.rstrip())
        self._last = [*self._last, text][-_KEPT_LINES:]
        if found := _ERROR.search(text):
            self.errors = [*self.errors, found[1]][-_KEPT_ERRORS:]
        self._follow(text)
        return self._at()

    @property
    def cause(self) -> str:
        """Say what ended a build badly: errors, or the last lines without any."""
        return "\n".join(dict.fromkeys(self.errors)) if self.errors else self.end

    @property
    def end(self) -> str:
        """Give the last lines."""
        return "\n".join(self._last)

    @property
    def unknown_packages(self) -> list[str]:
        """List packages that apt did not find."""
        found = (_UNKNOWN.search(error) for error in self.errors)
        return list(dict.fromkeys(each[1] for each in found if each))

    def _follow(self, text: str) -> None:
        if found := _HOOKS.search(text):
            self._enter(_PHASES.get(found[1], self._phase))
        elif _PACKING in text:
            self._enter("removing the build" if self._wrote else "packing")
        elif text in _WRITING:
            self._wrote = True
            self._enter(_WRITING[text])
        elif found := _NEW.search(text):
            self._new, self._done = int(found[1]), 0
        elif found := _FETCH.search(text):
            self._enter(f"{self._phase.partition(' (')[0]} ({found[1]} to fetch)")
        elif _STEP.match(text):
            self._done += 1

    def _enter(self, phase: str) -> None:
        if phase.partition(" (")[0] != self._phase.partition(" (")[0]:
            self._new = 0
        self._phase = phase

    def _at(self) -> str:
        if not self._new:
            return self._phase
        # Every package is unpacked, and later set up.
        percent = min(100 * self._done // (2 * self._new), 100)
        return f"{self._phase}: {percent // _PERCENT_STEP * _PERCENT_STEP} %"
