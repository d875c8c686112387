"""The code bundle: which of the user's modules travel with a manifest, and their digest.

The closure over project-local imports of every module that defines a reached task or class; byte-reproducible.
"""

from __future__ import annotations

import msgspec


class BundleFile(msgspec.Struct, frozen=True):
    """One file: ``path`` relative to the code folder with ``/``, and its exact bytes."""

    path: str
    data: bytes


class Bundle(msgspec.Struct, frozen=True):
    """The plan and the user's modules, sorted by path."""

    plan: bytes
    files: tuple[BundleFile, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over names, sizes and contents: 64 hex digits."""
        import hashlib  # takes 3 ms, which `check` need not pay

        total = hashlib.sha256()
        for name, data in (("plan.json", self.plan), *((f"code/{file.path}", file.data) for file in self.files)):
            total.update(f"{len(name.encode())}:{name}{len(data)}:".encode())
            total.update(data)
        return total.hexdigest()

    def archive(self) -> bytes:
        """A tar of ``plan.json`` and ``code/...``: no times, owners or modes of this machine."""
        import io
        import tarfile  # only a submission packs an archive; a compile would pay for the import

        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in (("plan.json", self.plan), *((f"code/{file.path}", file.data) for file in self.files)):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                info.mode = 0o644
                tar.addfile(info, io.BytesIO(data))
        return out.getvalue()
