from dagwright import map_task, task, workflow


@task
def tune(instrument: str, pitch: float = 440.0) -> str:
    return f"{instrument}@{pitch:g}"


@task
def play(tuned: list[str], piece: str) -> str:
    return f"{piece} by {len(tuned)}"


@task
def applaud(pieces: list[str]) -> str:
    return "; ".join(pieces)


@workflow
def section(instruments: list[str], piece: str) -> str:
    """One section plays one piece."""
    return play(tuned=map_task(tune)(instrument=instruments), piece=piece)


@workflow
def concert(strings: list[str], brass: list[str]) -> tuple[str, str]:
    return section(instruments=strings, piece="Air"), section(instruments=brass, piece="Fanfare")


@workflow
def main(brass: list[str] = ["horn", "tuba"]) -> str:
    air, fanfare = concert(strings=["violin", "cello", "viola"], brass=brass)
    return applaud(pieces=[air, fanfare])
