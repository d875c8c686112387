from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@task
def names(count: int) -> list[str]:
    return ["a"] * count


@task
def show(text: str, size: int = 0, flag: bool = False) -> str:
    return text


@workflow
def main(x: int) -> int:
    found = names(count=x)
    show(text=f"{x} names")  # E: DW408 an f-string needs the value of the input `x`
    show(text=str(x))  # E: DW408 `str` needs the value of the input `x`
    show(text="", size=len(found))  # E: DW408 `len` needs the value of the result of `names`
    show(text="", flag=x > 3)  # E: DW408 `>` needs the value of the input `x`
    show(text="", flag=not x)  # E: DW408 `not` needs the value of the input `x`
    show(text="a" if x else "b")  # E: DW408 `... if ... else ...` needs the value of the input `x`
    show(text=found[0].upper())  # E: DW408 `.upper()` needs the value of `[0]` of the result of `names`
    found.append("b")  # E: DW408 `.append()` would change the result of `names`
    names(count=x)[x]  # E: DW408 an index is needed while compiling
    return double(x=double(x=x) + 1)  # E: DW408 `+` needs the value of the result of `double`
