"""``flytekit.logger``: files log through it."""

from __future__ import annotations

import logging

logger = logging.getLogger("flytekit")
