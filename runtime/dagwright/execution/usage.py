"""What processes used: processor time and peak memory, as the kernel reports them of a process and of those that it waited for."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Counted(Protocol):
        """What ``wait4`` and ``getrusage`` give."""

        @property
        def ru_utime(self) -> float:
            """Seconds in the process's own code."""
            ...

        @property
        def ru_stime(self) -> float:
            """Seconds in the kernel on its behalf."""
            ...

        @property
        def ru_maxrss(self) -> int:
            """The most memory that one process had: kilobytes, on macOS bytes."""
            ...


class Usage:
    """Processor time of several processes together, and the most memory that one of them had."""

    __slots__ = ("cpu_s", "peak_rss_bytes")

    def __init__(self, cpu_s: float = 0.0, peak_rss_bytes: int = 0) -> None:
        self.cpu_s = cpu_s
        self.peak_rss_bytes = peak_rss_bytes

    def add(self, counted: Counted) -> None:
        """Take one process in."""
        peak = counted.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        self.cpu_s += counted.ru_utime + counted.ru_stime
        self.peak_rss_bytes = max(self.peak_rss_bytes, peak)

    def add_own(self) -> None:
        """Take this process in, and what it has waited for."""
        import resource

        self.add(resource.getrusage(resource.RUSAGE_SELF))
        self.add(resource.getrusage(resource.RUSAGE_CHILDREN))

    def data(self) -> dict[str, Any]:
        """Members of a record."""
        return {"cpu_s": round(self.cpu_s, 3), "peak_rss_bytes": self.peak_rss_bytes}
