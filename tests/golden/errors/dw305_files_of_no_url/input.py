"""`File(...)` of what is no URL, and of another format or kind."""

from dagwright import Directory, File, task, workflow


@task
def read(file: File) -> int:
    return 1


@task
def parse(table: File["csv"]) -> int:
    return 1


@workflow
def main() -> int:
    read(file=File(3))  # E: DW305 a `File` in a workflow is made of a URL
    read(file=File())  # E: DW305 a `File` in a workflow is made of a URL
    read(file=File("book.txt"))  # E: DW305 'book.txt' is a path on this machine
    read(file=Directory("s3://bucket/folder/"))  # E: DW305 found `Directory`
    parse(table=File["png"]("s3://bucket/plot.png"))  # E: DW305 found `File["png"]`
    return parse(table=File("s3://bucket/table.csv"))
