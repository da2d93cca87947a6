"""Where an undercloud keeps its files; all of them are under one folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of one undercloud, as text, from its state folder.

    ========== =========== ====================================================
    folder     owner, mode what
    ========== =========== ====================================================
    etc        user, 0700  configuration files of the services
    log        user, 0750  one log file per service, and install.log
    run        user, 0750  sockets and pid files
    data       user, 0750  databases, images, keys
    venv       root, 0755  the services' virtual environment
    secrets    root, 0700  generated passwords
    journal    root, 0700  what the installer has finished
    ========== =========== ====================================================
    """

    root: str

    @property
    def etc(self) -> str:
        """Configuration files."""
        return f"{self.root}/etc"

    @property
    def log(self) -> str:
        """Log files."""
        return f"{self.root}/log"

    @property
    def run(self) -> str:
        """Sockets and pid files."""
        return f"{self.root}/run"

    @property
    def data(self) -> str:
        """What the services store."""
        return f"{self.root}/data"

    @property
    def venv(self) -> str:
        """The services' virtual environment."""
        return f"{self.root}/venv"

    @property
    def secrets(self) -> str:
        """The file of generated passwords, YAML, 0600."""
        return f"{self.root}/secrets/passwords.yaml"

    @property
    def journal(self) -> str:
        """The folder of the installer's journal."""
        return f"{self.root}/journal"

    @property
    def supervisor_socket(self) -> str:
        """Where supervisord listens."""
        return f"{self.run}/supervisor.sock"

    @property
    def scratch(self) -> str:
        """The services' temporary files."""
        return f"{self.data}/scratch"

    @property
    def supervisor_config(self) -> str:
        """What supervisord reads; it includes one file per service."""
        return f"{self.etc}/supervisord.conf"

    @property
    def supervisor_program(self) -> str:
        """What starts supervisord, in the Python of the services' libraries."""
        return f"{self.etc}/supervisord.py"

    @property
    def programs(self) -> str:
        """The folder of one supervisor file per installed service."""
        return f"{self.etc}/supervisor.d"

    @property
    def install_log(self) -> str:
        """Everything the installer ran and saw."""
        return f"{self.log}/install.log"

    @property
    def lock(self) -> str:
        """Held by whoever changes this undercloud."""
        return f"{self.root}/lock"

    @property
    def unit(self) -> str:
        """The systemd unit, named after the state folder."""
        return f"{self.root.rstrip('/').rpartition('/')[2]}.service"

    @property
    def unit_file(self) -> str:
        """Where systemd finds the unit."""
        return f"/etc/systemd/system/{self.unit}"
