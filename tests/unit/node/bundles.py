"""Bundles for tests: name only what the test is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def a_step(
    manifest: str = "changes one\n", digest: str = "h1", *checks: Any
) -> dict[str, Any]:
    return {"hash": digest, "manifest": manifest, "checks": list(checks)}


def a_bundle(steps: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "hostname": "node-0",
        "role": "Controller",
        "address": "192.0.2.11",
        "hiera": {"passwords": {"GlancePassword": "s3cret-word"}},
        "packages": ["glance-api"],
        "hosts": "192.0.2.11 node-0.localdomain node-0\n",
        "known_hosts": "",
        "steps": {"1": a_step()} if steps is None else steps,
        **changes,
    }


def put(path: Path, bundle: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(bundle))
    return path
