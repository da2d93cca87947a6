"""What quickstart.sh runs can be run again."""

from __future__ import annotations

import re
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "quickstart.sh"
UPLOAD = re.compile(r"^ *run (openstack overcloud image upload .*)$", re.MULTILINE)


def test_an_image_that_changed_since_is_replaced() -> None:
    script = re.sub(r"\\\n\s*", "", SCRIPT.read_text())
    uploads = UPLOAD.findall(script)

    assert len(uploads) == 2
    assert [line for line in uploads if "--update-existing" not in line] == []
