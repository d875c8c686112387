from dagwright import ImageSpec

BASE = ImageSpec(name="base", registry="ghcr.io/Acme", packages=["numpy"], python_version="3.12", env={"A": "1"})
FULL = BASE.with_packages(["pandas"]).with_packages("pyarrow").with_apt_packages(["git"]).with_commands(["make"])
