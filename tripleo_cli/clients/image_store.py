"""Images that were built on this machine, kept by what they were built from."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tripleo_cli.clients.refusals import telling
from tripleo_cli.domain.image.built import (
    LOG,
    BuiltFile,
    BuiltImage,
    Work,
    image_from_dict,
    image_to_dict,
)
from tripleo_cli.errors import BusyError, HostError

MANIFEST = "image.json"
KEPT_BUILDS = 3
"""How many builds of one format of an image are kept; older ones make room."""

_LOCK = ".lock"
_WORK = ".work"
_KEPT = ".kept"
_TEMPORARY = "tripleo-image."


class LocalImageStore:
    """Implements the ``ImageStore`` port: a folder for each build, by its digest.

    A build is put together in a folder of another name, which becomes the build's
    by one rename: whatever ends it early, it never looks complete.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, digest: str) -> BuiltImage | None:
        """Look a build up; one whose files are not all there is none."""
        folder = self._root / digest
        try:
            image = image_from_dict(json.loads((folder / MANIFEST).read_text()))
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise HostError(f"cannot read {folder}: {error.strerror}") from error
        files = image.files if image else ()
        whole = all(_size(folder / each.name) == each.size for each in files)
        return image if files and whole else None

    @contextmanager
    def work(self, temp: Path) -> Iterator[Work]:
        """Give empty folders for one build, under a lock; they are removed after."""
        folder = self._root / _WORK
        with telling(f"cannot write to {self._root}", self._root):
            self._root.mkdir(parents=True, exist_ok=True, mode=0o755)
        with _locked(self._root / _LOCK):
            with telling(f"cannot write to {temp}", temp):
                _clear(folder)  # of a build that was killed
                folder.mkdir(mode=0o700)
                own = _make_temporary(temp)
            try:
                yield Work(folder=str(folder), temp=str(own))
            finally:
                _clear(folder)
                _clear(own)

    def kept(self) -> Path:
        """Give the folder for what later builds need again."""
        return self._root / _KEPT

    def write(self, work: Work, name: str, text: str) -> str:
        """Write a file for a build, and give its path."""
        path = Path(work.folder, name)
        with telling(f"cannot write {path}", path):
            path.write_text(f"{text}\n")
        return str(path)

    def read(self, work: Work, name: str) -> str:
        """Read a file that a build wrote."""
        path = Path(work.folder, name)
        with telling(f"cannot read {path}", path):
            return path.read_text()

    def describe(self, path: Path, form: str) -> BuiltFile:
        """Measure a file."""
        with telling(f"cannot read {path}", path), path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha512").hexdigest()
            size = os.fstat(file.fileno()).st_size
        return BuiltFile(name=path.name, form=form, size=size, sha512=digest)

    def path(self, image: BuiltImage, name: str) -> str:
        """Tell where a file of a whole build is kept."""
        return str((self._root / image.digest / name).absolute())

    def keep(self, image: BuiltImage, work: Work) -> None:
        """Make what is in a work folder the build of its digest."""
        folder = self._root / image.digest
        draft = Path(work.folder, "build")
        with telling(f"cannot write to {self._root}", self._root):
            draft.mkdir()
            for each in image.files:
                Path(work.folder, each.name).rename(draft / each.name)
            Path(work.folder, LOG).rename(draft / LOG)
            text = json.dumps(image_to_dict(image), indent=1, sort_keys=True)
            (draft / MANIFEST).write_text(text + "\n")
            draft.chmod(0o755)
            _clear(folder)
            draft.rename(folder)
        self._make_room(image)

    def keep_log(self, log: Path, target: Path) -> Path:
        """Save the log of a build that failed, and give its place."""
        with telling(f"cannot write {target}", target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(log, target)
        return target

    def publish(self, image: BuiltImage, output: Path) -> Sequence[Path]:
        """Put a build's files and its manifest to where an operator wants them."""
        folder = self._root / image.digest
        pairs = [(folder / each.name, output / each.name) for each in image.files]
        pairs.append((folder / MANIFEST, output / image.manifest))
        with telling(f"cannot write to {output}", output):
            output.mkdir(parents=True, exist_ok=True)
            for source, target in pairs:
                if not _is_same(source, target):
                    _place(source, target)
        return [target for _, target in pairs[:-1]]

    def _make_room(self, image: BuiltImage) -> None:
        """Remove old builds; never this one, even if the clock was set back."""
        folders = [path.parent for path in self._root.glob(f"*/{MANIFEST}")]
        builds = [found for each in folders if (found := self.find(each.name))]
        kind = (image.name, image.form)
        others = [
            each
            for each in builds
            if (each.name, each.form) == kind and each.digest != image.digest
        ]
        others.sort(key=lambda each: each.built_at, reverse=True)
        for each in others[KEPT_BUILDS - 1 :]:
            _clear(self._root / each.digest)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, whatever ends it."""
    with telling(f"cannot lock {path}", path):
        file = path.open("a+")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            pid = file.read().strip() or "?"
            raise BusyError(
                f"another build is running: process {pid} holds {path}",
                hint=f"wait for it, or look at it: ps -fp {pid}",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _make_temporary(parent: Path) -> Path:
    """Make a folder for what is temporary; those whose makers are gone go, too."""
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.glob(f"{_TEMPORARY}*"):
        if not Path("/proc", old.name.removeprefix(_TEMPORARY)).exists():
            _clear(old)
    folder = parent / f"{_TEMPORARY}{os.getpid()}"
    _clear(folder)
    folder.mkdir(mode=0o700)
    return folder


def _is_same(source: Path, target: Path) -> bool:
    """Tell whether a file was put there before, and is unchanged: by its time."""
    if not target.is_file():
        return False
    ours, theirs = source.stat(), target.stat()
    return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)


def _place(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        # No link: who changes the file must not change what is kept.
        shutil.copy2(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
