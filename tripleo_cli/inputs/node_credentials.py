"""Read whom BMCs may know: lines "user:password", never words of a command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tripleo_cli.domain.discovery import Credentials
from tripleo_cli.errors import InvalidInputError, Problem
from tripleo_cli.inputs.document import Problems, read_text

VARIABLE = "TRIPLEO_BMC_CREDENTIALS"


def credentials_from(
    given: str | None, environment: Mapping[str, str]
) -> tuple[Credentials, ...]:
    """Read the file that is named, or the variable where none is.

    Raises:
        InvalidInputError: There are none, they are wrong, or others can read them.
    """
    if given:
        return load_credentials(given)
    if text := environment.get(VARIABLE):
        return parse_credentials(text, source=VARIABLE)
    problem = Problem("--credentials", "is missing, and so is the variable", VARIABLE)
    raise InvalidInputError("options", [problem])


def load_credentials(name: str) -> tuple[Credentials, ...]:
    """Read a file that its owner only can read.

    Raises:
        InvalidInputError: It cannot be read, is wrong, or others can read it.
    """
    path = Path(name)
    if ":" in name and not path.exists():
        # Most likely "user:password": it must not be repeated in a message.
        remedy = "put lines user:password into a file of mode 0600, and name that"
        what = "takes a file; on a command line everybody can read a password"
        raise InvalidInputError("options", [Problem("--credentials", what, remedy)])
    text = read_text(path)
    if path.stat().st_mode & 0o077 and path.is_file():
        problem = Problem("", "others can read it", f"chmod 600 {name}")
        raise InvalidInputError(name, [problem])
    return parse_credentials(text, source=name)


def parse_credentials(text: str, *, source: str) -> tuple[Credentials, ...]:
    """Read lines; empty ones, and those that begin with #, count for nothing.

    Raises:
        InvalidInputError: A line is wrong, or there is none.
    """
    problems = Problems(source)
    found: list[Credentials] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        user, colon, password = line.partition(":")
        if user.strip() and colon and password:
            found.append(Credentials(user=user.strip(), password=password))
        else:
            problems.add(f"line {number}", "is not user:password")
    if not found and not len(problems):
        problems.add("", "has no line user:password")
    problems.check()
    return tuple(found)
