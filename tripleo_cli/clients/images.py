"""Glance, through python-glanceclient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from glanceclient import exc
from glanceclient.v2.client import Client
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.translate import Service, translating
from tripleo_cli.domain.compute import Image
from tripleo_cli.errors import HostError, ServiceError, TripleoError

if TYPE_CHECKING:
    from keystoneauth1.session import Session

# What Glance itself keeps about an image; everything else is a property.
_OWN = frozenset(
    {
        *("id", "name", "status", "size", "virtual_size", "visibility", "owner"),
        *("checksum", "os_hash_algo", "os_hash_value", "os_hidden", "protected"),
        *("disk_format", "container_format", "min_disk", "min_ram", "tags"),
        *("created_at", "updated_at", "file", "schema", "self", "stores"),
        *("locations", "direct_url"),
    }
)
# These formats are containers too; all others go without one.
_CONTAINERS = frozenset({"aki", "ari", "ami"})


def connect(session: Session, endpoint: str) -> GlanceImages:
    """Build the client; asks nothing of Glance yet."""
    service = Service(
        name="Glance",
        process="glance",
        endpoint=endpoint,
        failures=(keystone.ClientException, exc.ClientException, exc.BaseException),
    )
    return GlanceImages(Client(session=session, endpoint_override=endpoint), service)


class GlanceImages:
    """Implements the ``Images`` port."""

    def __init__(self, glance: Any, service: Service) -> None:
        self._glance = glance
        self._service = service

    def images(self) -> Sequence[Image]:
        """List images."""
        with translating(self._service, "list images"):
            return [_image(raw) for raw in self._glance.images.list()]

    def upload(
        self, name: str, path: Path, disk_format: str, properties: Mapping[str, str]
    ) -> Image:
        """Store a file as a new image; a failed upload leaves nothing behind."""
        with _opened(path) as file:
            image_id = self._create(name, disk_format, properties)
            with self._removed_on_failure(image_id):
                return self._send(image_id, name, file)

    def rename(self, image_id: str, name: str) -> None:
        """Give an image another name."""
        with translating(self._service, f"rename image {image_id}"):
            self._glance.images.update(image_id, name=name)

    def delete(self, image_id: str) -> None:
        """Remove an image."""
        with translating(self._service, f"delete image {image_id}"):
            self._glance.images.delete(image_id)

    def set_properties(self, image_id: str, properties: Mapping[str, str]) -> None:
        """Set additional properties; others stay."""
        with translating(self._service, f"set properties of image {image_id}"):
            self._glance.images.update(image_id, **properties)

    def _create(
        self, name: str, disk_format: str, properties: Mapping[str, str]
    ) -> str:
        container = disk_format if disk_format in _CONTAINERS else "bare"
        call = f"create image {name}"
        try:
            with translating(self._service, call):
                created = self._glance.images.create(
                    name=name,
                    disk_format=disk_format,
                    container_format=container,
                    **properties,
                )
        except TypeError as error:
            # The library checks values against Glance's schema itself.
            reason = str(error).partition("\n")[0]
            raise ServiceError(f"cannot {call}: {reason}") from error
        return str(created.id)

    def _send(self, image_id: str, name: str, file: _Hashed) -> Image:
        with translating(self._service, f"upload image {name}"):
            self._glance.images.upload(image_id, file)
            image = _image(self._glance.images.get(image_id))
        if image.checksum and image.checksum != file.digest():
            raise ServiceError(
                f"image {name} arrived damaged in Glance: its SHA-512 is not the file's"
            )
        return image

    @contextmanager
    def _removed_on_failure(self, image_id: str) -> Iterator[None]:
        """Leave no half-sent image, not even after Ctrl-C."""
        try:
            yield
        except BaseException as failure:
            # Ctrl-C included: an image that is never complete would stay "queued".
            try:
                self.delete(image_id)
            except TripleoError as error:
                failure.add_note(f"The incomplete image is still there: {error}")
                raise failure from error
            raise


class _Hashed:
    """A file that hashes what is read from it, to be read once."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._hash = hashlib.sha512()

    def read(self, size: int = -1) -> bytes:
        """Read on; errors are about the file, so they must not look like Glance's."""
        try:
            data = self._file.read(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """Give the SHA-512 of what was read."""
        return self._hash.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[_Hashed]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield _Hashed(file, path)


def _unreadable(path: Path, error: OSError) -> HostError:
    return HostError(f"cannot read {path}: {error.strerror}")


def _image(raw: Any) -> Image:
    is_sha512 = raw.get("os_hash_algo") == "sha512"
    return Image(
        id=raw["id"],
        name=raw.get("name") or "",
        status=raw["status"],
        size_bytes=raw.get("size") or 0,
        checksum=(raw.get("os_hash_value") or "") if is_sha512 else "",
        disk_format=raw.get("disk_format") or "",
        min_disk_gb=raw.get("min_disk") or 0,
        min_memory_mb=raw.get("min_ram") or 0,
        properties={
            key: str(value)
            for key, value in raw.items()
            if key not in _OWN and value is not None
        },
    )
