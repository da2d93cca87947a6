"""A machine in memory that builds images, and keeps them.

It builds only what it has all for: elements, packages that the distribution knows,
tools that were installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.built import BuiltFile, BuiltImage, Work
from tripleo_cli.domain.image.description import FORMATS, TAR
from tripleo_cli.domain.image.machine import GIB, BuildMachine
from tripleo_cli.domain.image.recipe import FORM_ELEMENTS
from tripleo_cli.errors import BusyError, HostError

ELEMENTS = ("vm", "tripleo-node", "tripleo-debian", "tripleo-disk")
WORK = Work(folder="/cache/.work", temp="/scratch/x")


class FakeImageBuilder:
    """``unknown`` are packages that apt does not find; ``builds`` counts builds.

    ``changes`` are what became of single elements. A build that ``hangs`` is ended at
    its limit.
    """

    def __init__(self, store: FakeImageStore) -> None:
        self.facts = BuildMachine(
            is_root=True,
            has_apt=True,
            builder="3.43.0",
            missing=(),
            memory=64 * GIB,
            space=64 * GIB,
        )
        self.unknown: set[str] = set()
        self.contents = "e1"
        self.changes: dict[str, str] = {}
        self.names: Sequence[str] = ELEMENTS
        self.targets: Sequence[str] = ("http://m/debian/|bookworm|main||Debian",)
        self.builds = 0
        self.installed: list[str] = []
        self.interrupted = False
        self.hangs = False
        self._store = store

    def machine(self, packages: Sequence[str], temp_dir: str) -> BuildMachine:
        assert temp_dir
        missing = (each for each in self.facts.missing if each in packages)
        left = tuple(each for each in missing if each not in self.installed)
        return replace(self.facts, missing=left)

    def version(self) -> str:
        return self.facts.builder

    def program(self) -> str:
        return "/venv/bin/disk-image-create"

    def architectures(self) -> Sequence[str]:
        return ("amd64", "x86_64")

    def elements(self, folders: Iterable[str]) -> Mapping[str, str]:
        return {name: f"{folder}/{name}" for folder in folders for name in self.names}

    def digest(self, names: Iterable[str], folders: Sequence[str]) -> str:
        assert folders
        changed = " ".join(self.changes.get(name, "") for name in names)
        return f"{self.contents} {changed}"

    def apt_targets(self) -> Sequence[str]:
        return self.targets

    def apt_settings(self) -> Sequence[str]:
        return ('Acquire::http::Proxy "http://proxy:3128";',)

    def install(self, packages: Sequence[str]) -> None:
        self.installed += packages

    def build(self, call: Call, log: str, on_line: Callable[[str], None]) -> int | None:
        assert self._store.is_at_work, "built without a place"
        assert self._store.files[call.env["TRIPLEO_APT_SOURCES"]].startswith("deb ")
        if self.interrupted:
            raise KeyboardInterrupt
        on_line("Running hooks from /x/hooks/root.d\n")
        if self.hangs:
            assert call.timeout_s > 0
            on_line("Waiting for a mirror\n")
            self._store.files[log] = "the whole log"
            return None
        words = list(call.argv)
        packages = words[words.index("-p") + 1].split(",") if "-p" in words else []
        for name in sorted(self.unknown.intersection(packages)):
            on_line(f"E: Unable to locate package {name}\n")
        self._store.files[log] = "the whole log"
        if self.unknown.intersection(packages):
            return 100
        self.builds += 1
        self._leave(words[words.index("-o") + 1], words[-1], call.env)
        return 0

    def _leave(self, out: str, element: str, env: Mapping[str, str]) -> None:
        name = out.rpartition("/")[2]
        listed = {"packages": [{"package": "curl", "version": "7"}]}
        manifest = f"{out}.d/dib-manifests/dib-manifest-dpkg-{name}"
        self._store.files[manifest] = json.dumps(listed)
        form = next(form for form, last in FORM_ELEMENTS.items() if last == element)
        made_of = self._store.kept_files.get(env.get("TRIPLEO_ARCHIVE", ""), "")
        assert made_of or form == TAR, "made of nothing"
        for ending in FORMATS[form]:
            text = f"{form} {self.builds}" + (f" of {made_of}" if made_of else "")
            self._store.files[out + ending] = text


class FakeImageStore:
    """Builds by their digests; ``published`` are files in an operator's folders.

    Somebody else removes builds of the format ``loses`` as soon as they are kept.
    """

    def __init__(self) -> None:
        self.builds: dict[str, BuiltImage] = {}
        self.files: dict[str, str] = {}
        self.kept_files: dict[str, str] = {}
        self.published: dict[Path, str] = {}
        self.is_at_work = False
        self.loses = ""

    def find(self, digest: str) -> BuiltImage | None:
        return self.builds.get(digest)

    @contextmanager
    def work(self, temp: Path) -> Iterator[Work]:
        if self.is_at_work:
            raise BusyError("another build is running")
        self.is_at_work = True
        try:
            yield replace(WORK, temp=f"{temp}/x")
        finally:
            self.is_at_work = False
            self.files = {
                path: text
                for path, text in self.files.items()
                if not path.startswith(WORK.folder)
            }

    def kept(self) -> Path:
        return Path("/cache/.kept")

    def write(self, work: Work, name: str, text: str) -> str:
        path = f"{work.folder}/{name}"
        self.files[path] = text
        return path

    def read(self, work: Work, name: str) -> str:
        return self._text(f"{work.folder}/{name}")

    def describe(self, path: Path, form: str) -> BuiltFile:
        text = self._text(str(path))
        return BuiltFile(name=path.name, form=form, size=len(text), sha512=text)

    def keep(self, image: BuiltImage, work: Work) -> None:
        assert self.is_at_work
        assert all(f"{work.folder}/{each.name}" in self.files for each in image.files)
        if image.form == self.loses:
            return
        self.builds[image.digest] = image
        for each in image.files:
            text = self.files[f"{work.folder}/{each.name}"]
            self.kept_files[self.path(image, each.name)] = text

    def path(self, image: BuiltImage, name: str) -> str:
        return f"/cache/{image.digest}/{name}"

    def keep_log(self, log: Path, target: Path) -> Path:
        self.published[target] = self._text(str(log))
        return target

    def publish(self, image: BuiltImage, output: Path) -> Sequence[Path]:
        paths = [output / each.name for each in image.files]
        contents = [each.sha512 for each in image.files]
        self.published |= dict(zip(paths, contents, strict=True))
        return paths

    def _text(self, path: str) -> str:
        if path not in self.files:
            raise HostError(f"cannot read {path}: No such file or directory")
        return self.files[path]
