from flytekit import Resources, Secret, task, workflow

TOKEN = Secret(group="chat", key="token", mount_requirement=Secret.MountType.ENV_VAR)
PROMPT = """\
You answer questions about {topic}.
Keep to {limit} words; say {{unknown}} if you do not know.
"""


@task
def prompt(topic: str, template: str = PROMPT, limit: int = 50) -> str:
    return template.format(topic=topic, limit=limit)


@task(secret_requests=[TOKEN], requests=Resources(mem="1Gi"), environment={"MODEL": "small"}, retries=3)
def ask(prompt: str, question: str) -> str:
    return f"{len(prompt)} {question.upper()}"


@task
def score(answer: str, words: list[str]) -> float:
    return sum(word in answer for word in words) / len(words)


@workflow
def main(question: str = "why is the sky blue?") -> float:
    answer = ask(prompt=prompt(topic="the sky"), question=question)
    return score(answer=answer, words=["SKY", "BLUE", "ozone"])
