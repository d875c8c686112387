from flytekit import current_context, task, workflow


@task
def resumed(x: int) -> int:
    context = current_context()
    context.checkpoint.write(context.raw_output_prefix)  # E: DW206 `current_context().raw_output_prefix` is not supported yet
    try:
        context.stats.incr("calls")
    except NotImplementedError:
        pass
    context.logging.info(context.execution_id.name)
    return x


@workflow
def main(x: int) -> int:
    name = current_context().execution_id.name  # E: DW407 `current_context()` tells of a running task
    return resumed(x=x)
