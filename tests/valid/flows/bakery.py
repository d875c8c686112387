from dagwright import task, workflow

FLOUR, WATER, SALT = 500, 350, 10
RECIPE = {"flour": FLOUR, "water": WATER, "salt": SALT}
DOUBLE = {name: 2 * grams for name, grams in RECIPE.items() if name != "salt"} | {"salt": SALT}
HYDRATION = round(WATER / FLOUR, 2)
STEPS = ["mix", *["fold"] * 3, "bake"]


@task
def weigh(recipe: dict[str, int]) -> int:
    return sum(recipe.values())


@task
def plan(steps: list[str], hydration: float) -> str:
    return f"{' > '.join(steps)} at {hydration:.0%}"


@workflow
def main() -> tuple[int, str]:
    """Weigh twice as much, and plan."""
    return weigh(recipe=DOUBLE), plan(steps=STEPS, hydration=HYDRATION)
