"""What an undercloud needs from the distribution, and its Python lock file."""

from __future__ import annotations

from itertools import takewhile

PACKAGES = (
    # Nova writes config drives with it.
    "genisoimage",
    # Ironic's conductor does not start with the ipmi hardware type without it.
    "ipmitool",
    # my_print_defaults, which mariadb-install-db calls.
    "mariadb-client-core",
    # The server without the package that runs a system-wide one.
    "mariadb-server-core",
    # qemu-img: Ironic converts and checks images.
    "qemu-utils",
    "rabbitmq-server",
)


def requirement(lock: str, name: str) -> str:
    """Cut one package with its hashes out of a lock file.

    Raises:
        KeyError: The file does not name it.
    """
    lines = lock.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(f"{name}==")]
    if not starts:
        raise KeyError(name)
    first, *others = lines[starts[0] :]
    hashes = takewhile(lambda line: line.startswith("    --hash"), others)
    return "\n".join([first, *hashes]) + "\n"
