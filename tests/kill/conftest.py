from __future__ import annotations

from store_fixtures import server, url

__all__ = ["server", "url"]
