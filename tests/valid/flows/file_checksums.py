import hashlib
from pathlib import Path

from dagwright import File, task, workflow


@task
def write(name: str, lines: int) -> File:
    path = Path(name)
    path.write_text("\n".join(f"line {number}" for number in range(lines)))
    return File(path)


@task
def checksum(file: File) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


@task
def compare(left: str, right: str) -> bool:
    return left == right


@workflow
def main(lines: int = 10) -> bool:
    first = write(name="first.txt", lines=lines)
    second = write(name="second.txt", lines=lines)
    return compare(left=checksum(file=first), right=checksum(file=second))
