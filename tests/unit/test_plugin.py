"""Where things of an operator are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tripleo_cli.domain.overcloud.access import access_to
from tripleo_cli.plugin import make_places
from tripleo_cli.workflows.credentials import drop_credentials, save_credentials


def test_a_link_to_clouds_yaml_stays_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, link = tmp_path / "kept" / "my-clouds.yaml", tmp_path / "clouds.yaml"
    kept.parent.mkdir()
    kept.write_text(yaml.safe_dump({"clouds": {"undercloud": {"auth": {}}}}))
    link.symlink_to(kept)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(link))

    places = make_places("oc")
    save_credentials(places, "oc", access_to("192.0.2.9", "secret"), lambda _: None)

    assert link.readlink() == kept
    assert set(yaml.safe_load(kept.read_text())["clouds"]) == {"undercloud", "oc"}
    assert kept.stat().st_mode & 0o777 == 0o600
    drop_credentials(places, "oc")
    assert link.readlink() == kept
    assert set(yaml.safe_load(kept.read_text())["clouds"]) == {"undercloud"}
