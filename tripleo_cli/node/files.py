"""Files that are whole at any moment, and blocks of ours in files of others."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TextIO

from tripleo_cli.node.errors import file_error

SECRET = 0o600
PUBLIC = 0o644
PROGRAM = 0o755
BEGIN = "# BEGIN tripleo: what is between these lines is written by each deployment"
END = "# END tripleo"


def folder(path: Path, mode: int = 0o700) -> None:
    """Make a folder, and those above it that are missing.

    Raises:
        NodeError: It cannot be made.
    """
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(f"make the folder {path}", error) from error


def read(path: Path) -> str:
    """Give a file's text; empty where there is none.

    Raises:
        NodeError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise file_error(f"read {path}", error) from error


def write(path: Path, text: str, mode: int = SECRET) -> bool:
    """Make a file have a text; whole or not at all. Tells whether it had another.

    Raises:
        NodeError: It cannot be written; the old one is still there.
    """
    if path.exists() and read(path) == text and path.stat().st_mode & 0o777 == mode:
        return False
    write_bytes(path, text.encode(), mode)
    return True


def write_bytes(path: Path, data: bytes, mode: int = SECRET) -> None:
    """Make a file have a content; whole or not at all.

    Raises:
        NodeError: It cannot be written; the old one is still there.
    """
    folder(path.parent, 0o700 if mode == SECRET else 0o755)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            _write_new(draft, data, mode)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise file_error(f"write {path}", error) from error


def write_block(path: Path, text: str, *, taken: frozenset[str] = frozenset()) -> bool:
    """Put a block of ours first into a file whose other lines stay.

    ``taken`` are names of which lines of the others must not speak any more (a
    distribution's ``127.0.1.1 <host name>``).

    Raises:
        NodeError: The file cannot be written.
    """
    others = _without_block(read(path).splitlines())
    kept = [line for line in others if not _speaks_of(line, taken)]
    block = [BEGIN, *text.strip().splitlines(), END]
    return write(path, "\n".join([*block, *kept]) + "\n", PUBLIC)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    # Nobody else can open it before it has its mode.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, SECRET)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())


def _without_block(lines: list[str]) -> list[str]:
    if BEGIN not in lines or END not in lines:
        return lines
    begin = lines.index(BEGIN)
    return lines[:begin] + lines[lines.index(END, begin) + 1 :]


def _speaks_of(line: str, taken: frozenset[str]) -> bool:
    words = line.partition("#")[0].split()
    return bool(words) and words[0] == "127.0.1.1" and bool(taken & set(words[1:]))


def silence(stream: TextIO) -> None:
    """Let a stream that leads nowhere take all that is still to be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
