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
def w6() -> None:  # E: DW492 `w6` has 117649 calls
    w5()
    w5()
    w5()
    w5()
    w5()
    w5()
    w5()
