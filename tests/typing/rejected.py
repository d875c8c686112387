"""What type checkers refuse, on the line that says so: ``# E:`` names mypy's code and pyright's rule."""

from __future__ import annotations

from dagwright import Cache, Resources, ValueCodec, map_task, task, workflow


@task(retries=2)
def double(number: float) -> float:
    return 2 * number


@workflow
def flow(number: float, text: str = "") -> float:
    return double(number=number)


double(number="1")  # E: arg-type reportArgumentType
double("1")  # E: arg-type reportArgumentType
double()  # E: call-arg reportCallIssue
double(nummer=1.0)  # E: call-arg reportCallIssue
double(1.0, 2.0)  # E: call-arg reportCallIssue
flow(number=1.0, text=3)  # E: arg-type reportArgumentType
flow(text="a")  # E: call-arg reportCallIssue
wrong: str = flow(number=1.0)  # E: assignment reportAssignmentType
map_task(double)(number=["a"])  # E: list-item reportArgumentType
map_task(double)(number=1.0)  # E: arg-type reportArgumentType
words: list[str] = map_task(double)(number=[1.0])  # E: assignment reportAssignmentType
map_task(double, concurency=3)  # E: call-overload reportCallIssue
map_task(double)(number=[1.0]).with_overrides(retrys=3)  # E: call-arg reportCallIssue
task(retry=3)  # E: call-overload reportCallIssue
task(retries="3")  # E: call-overload reportArgumentType
task(requests={"cpu": 1})  # E: call-overload reportArgumentType
Resources(memory="1Gi")  # E: call-arg reportCallIssue
Cache()  # E: call-overload reportCallIssue


@workflow
def body(number: float) -> str:
    return double(number=number)  # E: return-value reportReturnType


class TextCodec:
    format = "text/1"

    def encode(self, value: bytes) -> str:
        return value.decode()

    def decode(self, content: bytes) -> bytes:
        return content


codec: ValueCodec[bytes] = TextCodec()  # E: assignment reportAssignmentType
