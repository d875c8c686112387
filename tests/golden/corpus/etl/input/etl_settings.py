from flytekit import Resources

REGISTRY = "ghcr.io/acme"
IMAGE = f"{REGISTRY}/etl:1.4"
TABLES = ("orders", "customers")
small = dict(requests=Resources(cpu="250m", mem="256Mi"), retries=2)
