"""Glance in memory."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tripleo_cli.domain.compute import Image
from tripleo_cli.errors import HostError, NotFoundError, ServiceError

DISK_FORMATS = {"raw", "qcow2", "vhd", "vmdk", "iso", "aki", "ari", "ami", "vdi"}


class FakeImages:
    """Images with their hashes; names need not be unique, as in Glance."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self.fault: ServiceError | None = None
        """Raised in the middle of the next upload."""

    def put(self, name: str, **fields: Any) -> Image:
        """Let there be an image, as if somebody had uploaded it."""
        values = {"id": str(uuid.uuid4()), "status": "active", "size_bytes": 1}
        image = Image(name=name, **{**values, **fields})
        self._images[image.id] = image
        return image

    def images(self) -> Sequence[Image]:
        return list(self._images.values())

    def upload(
        self, name: str, path: Path, disk_format: str, properties: Mapping[str, str]
    ) -> Image:
        if disk_format not in DISK_FORMATS:
            raise ServiceError(f"invalid disk format {disk_format!r}")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise HostError(f"cannot read {path}: {error.strerror}") from error
        if disk_format == "qcow2" and not data.startswith(b"QFI\xfb"):
            raise ServiceError(f"disk format {disk_format} does not match the data")
        if self.fault:
            fault, self.fault = self.fault, None
            raise fault
        image = Image(
            id=str(uuid.uuid4()),
            name=name,
            status="active",
            size_bytes=len(data),
            checksum=hashlib.sha512(data).hexdigest(),
            disk_format=disk_format,
            properties=dict(properties),
        )
        self._images[image.id] = image
        return image

    def rename(self, image_id: str, name: str) -> None:
        self._images[image_id] = replace(self._get(image_id), name=name)

    def delete(self, image_id: str) -> None:
        self._get(image_id)
        del self._images[image_id]

    def set_properties(self, image_id: str, properties: Mapping[str, str]) -> None:
        image = self._get(image_id)
        merged = {**image.properties, **properties}
        self._images[image_id] = replace(image, properties=merged)

    def _get(self, image_id: str) -> Image:
        if image_id not in self._images:
            raise NotFoundError(f"no image with id {image_id}")
        return self._images[image_id]
