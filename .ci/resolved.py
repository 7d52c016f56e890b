"""Refuse an environment in which pip fell back to packages of years ago."""

import sys
from importlib.metadata import version

FLOORS = {"duckdb": 2, "openai": 3, "pydantic": 2, "tenacity": 9}

for name, major in FLOORS.items():
    if int(version(name).split(".")[0]) < major:
        sys.exit(f"{name} {version(name)} was resolved, {major} or newer is needed")
if tuple(map(int, version("instructor").split(".")[:2])) < (1, 17):
    sys.exit(f"instructor {version('instructor')} was resolved, 1.17 or newer is needed")
print(", ".join(f"{name} {version(name)}" for name in (*FLOORS, "instructor")))
