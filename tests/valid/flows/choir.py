from collections.abc import Sequence

from dagwright import task, workflow

VOICES = ["soprano", "alto", "tenor", "bass"]


@task
def sing(voice: str, note: int) -> str:
    return f"{voice[0]}{note}"


@task
def chord(notes: Sequence[str]) -> str:
    return "".join(notes)


@task
def record(chords: list[str], title: str | None) -> str:
    return f"{title or 'untitled'}: {' '.join(chords)}"


@workflow
def bar(base: int) -> str:
    return chord(notes=[sing(voice=voice, note=base) for voice in VOICES])


@workflow
def main(base: int = 4, title: str | None = None) -> str:
    chords: list[str] = []
    while len(chords) < 2:
        chords.append(bar(base=base))
    chords.insert(0, bar(base=1))
    return record(chords=chords, title=title)
