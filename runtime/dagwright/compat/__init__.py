"""Stand-ins for packages that user files import and that need not be installed.

``flytekit`` and ``flytekitplugins`` resolve to a small stand-in, also where the real ones are installed (their import costs half a
second); ``DAGWRIGHT_FLYTEKIT=installed`` switches that off. ``dataclasses_json`` resolves to ours only where it is absent.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Make the stand-ins importable in this process; calling it again changes nothing."""
    from dagwright.compat.finders import install_finders

    install_finders()
