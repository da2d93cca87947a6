"""Secrets, clouds.yaml entries, the lock file, phases, Ironic's interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tripleo_cli.domain.undercloud.baremetal import HARDWARE_TYPES, interfaces
from tripleo_cli.domain.undercloud.clouds import (
    cloud_entries,
    entry_problems,
    merged,
    strangers,
)
from tripleo_cli.domain.undercloud.config import UndercloudConfig
from tripleo_cli.domain.undercloud.packages import requirement
from tripleo_cli.domain.undercloud.secrets import (
    SECRETS,
    SecretKind,
    complete,
    masked,
)
from tripleo_cli.domain.undercloud.timing import Timing, phase_lines, phases

CONFIG = UndercloudConfig(clouds_file="/c.yaml", cloud_name="lab")
KNOWN = dict.fromkeys(SECRETS, "made-before")
ENTRIES = cloud_entries(CONFIG, KNOWN)
LOCK = """\
one==1 \\
    --hash=sha256:11 \\
    --hash=sha256:12
    # via two
one-more==2 \\
    --hash=sha256:21
"""


def test_known_secrets_are_kept_and_missing_ones_made() -> None:
    secrets = complete({"admin": "old", "nova": ""}, lambda kind: kind.value)

    assert secrets["admin"] == "old"
    assert secrets["nova"] == SecretKind.PASSWORD.value
    assert secrets["keystone_fernet_0"] == SecretKind.FERNET_KEY.value
    assert set(secrets) == set(SECRETS)


def test_secrets_are_masked_wherever_they_stand() -> None:
    text = "mysql://nova:s3cret@host s3cret"

    assert masked(text, {"db_nova": "s3cret"}) == "mysql://nova:***@host ***"


def test_other_clouds_and_unknown_keys_stay() -> None:
    document = {
        "clouds": {"prod": {"auth": {"auth_url": "p"}}, "lab": {"verify": False}},
        "cache": {"expiration": 5},
    }

    result = merged(document, ENTRIES)

    assert result["cache"] == {"expiration": 5}
    assert result["clouds"]["prod"] == {"auth": {"auth_url": "p"}}
    assert result["clouds"]["lab"] == {"verify": False, **ENTRIES["lab"]}
    assert set(result["clouds"]) == {"prod", "lab", "lab-system"}


STRANGERS: dict[str, tuple[Mapping[str, Any], list[str]]] = {
    "no file": ({}, []),
    "ours": ({"clouds": ENTRIES}, []),
    "ours on another port": (
        {"clouds": {"lab": {"auth": {"auth_url": "x", "password": "made-before"}}}},
        [],
    ),
    "another's": (
        {"clouds": {"lab": {"auth": {"auth_url": "x", "password": "y"}}}},
        ["lab"],
    ),
    "empty entry": ({"clouds": {"lab": None}}, ["lab"]),
    "no entry at all": ({"clouds": {"lab": "x"}}, ["lab"]),
    "nothing to sign in with": ({"clouds": {"lab": {"auth": "x"}}}, ["lab"]),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_an_entry_of_another_cloud_is_recognised(case: str) -> None:
    document, expected = STRANGERS[case]

    assert strangers(document, ENTRIES) == expected


MALFORMED: dict[str, tuple[object, list[str]]] = {
    "another's is no matter": ({"prod": "x"}, []),
    "empty": ({"lab": None, "lab-system": {"auth": None}}, []),
    "a text": ({"lab": "secret"}, ["clouds.lab: is a text, not a mapping"]),
    "lists": (
        {"lab": [1], "lab-system": {"auth": ["secret"]}},
        [
            "clouds.lab: is a list, not a mapping",
            "clouds.lab-system.auth: is a list, not a mapping",
        ],
    ),
    "a number": ({"lab": {"auth": 0}}, ["clouds.lab.auth: is a value, not a mapping"]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_an_entry_that_is_none_is_told_of_without_what_it_holds(case: str) -> None:
    clouds, expected = MALFORMED[case]

    problems = entry_problems({"clouds": clouds}, ENTRIES)

    remedy = " (correct it, or remove the entry)"
    assert [str(one) for one in problems] == [f"{text}{remedy}" for text in expected]


def test_one_requirement_is_cut_out_with_its_hashes() -> None:
    lines = requirement(LOCK, "one").splitlines()

    assert lines == [
        "one==1 \\",
        "    --hash=sha256:11 \\",
        "    --hash=sha256:12",
    ]
    with pytest.raises(KeyError):
        requirement(LOCK, "more")


def test_phases_span_their_tasks_and_skip_what_did_nothing() -> None:
    timings = [
        Timing(task="sync nova", outcome="made", start=10, seconds=5),
        Timing(task="sync heat", outcome="made", start=11, seconds=9),
        Timing(task="start mariadb", outcome="started", start=5, seconds=1),
        Timing(task="packages", outcome="", start=0, seconds=1),
    ]

    found = {each.name: (each.start, each.end, each.tasks) for each in phases(timings)}

    assert found == {"databases": (10, 20, 2), "database server": (5, 6, 1)}
    assert phase_lines(timings)[2].split() == ["databases", "10.0s", "20.0s", "2"]


def test_every_hardware_type_gets_its_interfaces() -> None:
    every = interfaces(HARDWARE_TYPES)
    without_fake = interfaces(("ipmi", "redfish"))

    assert {"agent", "redfish", "fake", "no-inspect"} <= set(every["inspect"])
    assert "fake" not in {name for names in without_fake.values() for name in names}
    assert set(without_fake["power"]) == {"ipmitool", "redfish"}
