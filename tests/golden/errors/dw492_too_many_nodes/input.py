from dagwright import task, workflow


@task
def note() -> None:
    pass


@workflow
def w0() -> None:
    note()


@workflow
def w1() -> None:
    w0()
    w0()
    w0()
    w0()
    w0()
    w0()
    w0()


@workflow
def w2() -> None:
    w1()
    w1()
    w1()
    w1()
    w1()
    w1()
    w1()


@workflow
def w3() -> None:
    w2()
    w2()
    w2()
    w2()
    w2()
    w2()
    w2()


@workflow
def w4() -> None:
    w3()
    w3()
    w3()
    w3()
    w3()
    w3()
    w3()


@workflow
def w5() -> None:
    w4()
    w4()
    w4()
    w4()
    w4()
    w4()
    w4()


@workflow
def w6() -> None:
    w5()
    w5()
    w5()
    w5()
    w5()
    w5()
    w5()


@workflow
def main() -> None:  # E: DW492 `main` has 823543 calls
    w6()
    w6()
    w6()
    w6()
    w6()
    w6()
    w6()
