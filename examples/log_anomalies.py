"""Minutes in which a server answered unlike itself: a folder of access logs, a map over its files, one list of alarms.

dagwright run examples/log_anomalies.py --logs examples/data/logs
dagwright submit --watch examples/log_anomalies.py --logs examples/data/logs --threshold 3.5
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass
from functools import partial

from dagwright import Directory, File, map_task, task, workflow

LINE = re.compile(r"(?P<minute>\S+T\d\d:\d\d):\d\d \S+ (?P<status>\d{3})")


@dataclass
class Alarm:
    host: str
    minute: str
    errors: int
    usual: float


@dataclass
class Findings:
    lines: int
    alarms: list[Alarm]


@task
def list_logs(logs: Directory) -> list[File]:
    """Files of the folder; what is no log is passed over."""
    return sorted((part for part in Directory.listdir(logs) if isinstance(part, File)), key=lambda log: log.name)


@task(cache=True, cache_version="1")
def inspect(log: File, threshold: float) -> Findings:
    """Compare each minute's errors with the median, in units of the median deviation."""
    errors: Counter[str] = Counter()
    lines = 0
    with log.open() as file:
        for found in filter(None, map(LINE.match, file)):
            lines += 1
            errors[found["minute"]] += found["status"].startswith("5")
    if not errors:
        return Findings(lines, [])
    usual = statistics.median(errors.values())
    deviation = statistics.median(abs(count - usual) for count in errors.values()) or 1.0
    host = log.name.partition(".")[0]
    alarms = [Alarm(host, minute, count, usual) for minute, count in errors.items() if (count - usual) / deviation > threshold]
    return Findings(lines, alarms)


@task
def report(findings: list[Findings]) -> tuple[list[Alarm], int]:
    alarms = sorted((alarm for found in findings for alarm in found.alarms), key=lambda alarm: (alarm.minute, alarm.host))
    return alarms, sum(found.lines for found in findings)


@workflow
def anomalies(logs: Directory, threshold: float = 3.0) -> tuple[list[Alarm], int]:
    findings = map_task(partial(inspect, threshold=threshold))(log=list_logs(logs=logs))
    alarms, lines = report(findings=findings)
    return alarms, lines


if __name__ == "__main__":
    from pathlib import Path

    raised, read = anomalies(logs=Directory(Path(__file__).parent / "data" / "logs"))
    print(f"{read} lines read")
    for alarm in raised:
        print(f"{alarm.minute} {alarm.host}: {alarm.errors} errors, usually {alarm.usual:g}")
