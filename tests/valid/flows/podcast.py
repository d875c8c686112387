"""Work with effects: the order matters, no value is passed."""

from dagwright import task, workflow


@task
def record(episode: int) -> None:
    print("recording", episode)


@task
def cut(episode: int) -> None:
    print("cutting", episode)


@task
def publish(episode: int, where: str) -> None:
    print("publishing", episode, "on", where)


@task
def archive(episode: int) -> str:
    return f"episode-{episode}.flac"


@workflow
def main(episode: int = 12) -> str:
    recorded = record(episode=episode)
    edited = cut(episode=episode)
    first = publish(episode=episode, where="feed")
    second = publish(episode=episode, where="site")
    kept = archive(episode=episode)
    recorded >> edited >> [first, second] >> kept
    return kept
