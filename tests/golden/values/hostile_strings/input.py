from dagwright import task, workflow

LINES = "first\nsecond\ttab\r\nthird"


@task(environment={"BRACES": "{{workflow.name}}", "QUOTES": "'\"`$HOME"})
def echo(braces: str, quotes: str, emoji: str, lines: str, blank: str, words: list[str], greeting: str) -> str:
    return braces + quotes + emoji + lines + blank + "".join(words)


@workflow
def main(greeting: str = "{{inputs.parameters.x}} 'single' \"double\"") -> str:
    return echo(
        braces="{{=toJson(workflow)}}",
        quotes="'\"\\",
        emoji="héllo 👩‍👧 \u2028 \x7f",
        lines=LINES,
        blank="",
        words=["yes", "1e3", "null", "~", "- a", "#no comment"],
        greeting=greeting,
    )
