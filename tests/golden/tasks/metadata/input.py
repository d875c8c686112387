"""Keywords that say something about a task beside how it runs: labels and annotations of its pods, and words for a console."""

from flytekit import DeckField, Description, Documentation, PythonFunctionTask, SourceCode, task, workflow

TEAM = {"team": "ml"}


@task(labels={**TEAM, "cost-centre": "17"}, annotations={"example.org/owner": "Ada {Lovelace}"})
def labelled(x: int) -> int:
    return x + 1


@task(
    deprecated="use labelled",
    docs=Documentation(
        short_description="one more",
        long_description=Description(value="adds *one*", format=Description.DescriptionFormat.MARKDOWN),
        source_code=SourceCode(link="https://example.org"),
    ),
    deck_fields=(DeckField.INPUT, DeckField.TIMELINE),
    execution_mode=PythonFunctionTask.ExecutionBehavior.DEFAULT,
    pickle_untyped=False,
)
def described(x: int) -> int:
    return x + 1


@workflow(docs=Documentation("two more"))
def metadata(x: int) -> int:
    return described(x=labelled(x=x))
