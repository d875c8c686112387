from dagwright import task, workflow


from dataclasses import make_dataclass

Point = make_dataclass("Point", ["x", "y"])


@task
def norm(p: Point) -> float:  # E: DW309
    return p.x
