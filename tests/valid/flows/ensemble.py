from dagwright import Resources, task, workflow

MODELS = {"linear": 1, "tree": 3, "boosted": 10}
IS_CAREFUL = True


@task
def fit(kind: str, rounds: int, rows: int) -> float:
    return rounds / (rows + len(kind))


@task
def blend(scores: dict[str, float], weights: list[float]) -> float:
    return round(sum(score * weight for score, weight in zip(scores.values(), weights)), 4)


@workflow
def main(rows: int = 10) -> float:
    scores = {}
    for number, (kind, rounds) in enumerate(MODELS.items()):
        call = fit(kind=kind, rounds=rounds, rows=rows)
        if rounds > 5:
            call = call.with_overrides(requests=Resources(mem="4Gi"))
        scores[kind] = call
    if IS_CAREFUL:
        scores["baseline"] = fit(kind="mean", rounds=1, rows=rows)
    return blend(scores=scores, weights=[1 / len(scores) for _ in scores])
