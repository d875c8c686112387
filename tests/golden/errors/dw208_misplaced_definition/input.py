import sys

from dagwright import task

if sys.version_info >= (3, 11):

    @task
    def double(x: int) -> int:  # E: DW208
        return 2 * x
