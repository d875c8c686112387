"""Which keys a store takes: relative paths of plain parts, so that no key leaves the root or meets a driver's own files."""

from __future__ import annotations


def check_key(key: str) -> None:
    """Refuse anything but non-empty parts between single slashes.

    A part may not start with a dot (``..`` leaves the folder, ``.tmp`` is the file driver's own), nor hold a backslash or a
    control character. ``contract.names.quote_part`` gives such parts only, so a refusal is a bug of the caller.

    Raises:
        ValueError: The key is of another form.
    """
    if "/." in key or "//" in key or "\\" in key or key[:1] in ("", ".", "/") or key[-1] == "/" or not key.isprintable():
        raise ValueError(f"not a key of a store: {key!r}")
