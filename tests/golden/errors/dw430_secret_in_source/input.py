from dagwright import task, workflow


@task(environment={"API_TOKEN": "b7Xp29-kk3Qz", "TOKEN_FILE": "/run/token"})  # W: DW430 the value of `API_TOKEN` looks like a secret
def fetch(url: str, password: str = "h7nter2-again") -> int:  # W: DW430 the value of `password`
    return len(url)


@workflow
def main() -> int:
    return fetch(url="postgres://app:s3cr3t-w0rd@db.internal/sales")  # W: DW430 the value of `url` looks like a URL with a password
