import flytekit
from flytekit import Deck, task, workflow


def page(title: str) -> None:
    Deck(title, "<p>shared by both tasks</p>")


@task
def dropped(x: int) -> int:
    flytekit.current_context().default_deck.append("<p>gone</p>")  # W: DW434 the task `dropped` does not ask for decks
    Deck("second").append("<p>one finding is enough</p>")
    page("shared")
    return x


@task(enable_deck=True)
def kept(x: int) -> int:
    Deck("report", f"<p>{x}</p>")
    page("shared")
    return x


@workflow
def main(x: int) -> int:
    return kept(x=dropped(x=x))
