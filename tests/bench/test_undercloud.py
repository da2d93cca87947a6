"""How long the phases of the installation took that made this undercloud."""

from __future__ import annotations

import configparser
import json
import os
from pathlib import Path

import psutil

from tests.bench.conftest import Say


def test_phases_of_the_installation(say: Say) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(os.environ["TRIPLEO_UNDERCLOUD_CONF"])
    state = Path(parser.defaults()["state_dir"])
    runs = json.loads((state / "journal" / "timings.json").read_text())

    whole = max(runs, key=lambda run: sum(bool(t["outcome"]) for t in run["tasks"]))

    say(f"undercloud install: {whole['seconds']} s")
    for task in sorted(whole["tasks"], key=lambda one: -one["seconds"])[:12]:
        say(
            f"  {task['task']:32} from {task['start']:6.1f} s: {task['seconds']:6.1f} s"
        )


def test_memory_of_the_services(say: Say) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(os.environ["TRIPLEO_UNDERCLOUD_CONF"])
    user = parser.defaults()["service_user"]
    infos = [
        process.memory_full_info()
        for process in psutil.process_iter(["username"])
        if process.info["username"] == user
    ]

    resident = sum(info.rss for info in infos) / 2**20
    proportional = sum(info.pss for info in infos) / 2**20
    say(f"memory: {resident:.0f} MiB resident, {proportional:.0f} MiB proportional")
