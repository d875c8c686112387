from flytekit import task


flytekit.task() @task(cache=True, cache_version=”1.0”) def square(n: int) -> (int, int):
