"""pyproject.toml -> a constraint for each dependency at its floor."""

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]

EXTRAS = [one for name, extra in PROJECT["optional-dependencies"].items() if name != "all" for one in extra]

for requirement in dict.fromkeys([*PROJECT["dependencies"], *EXTRAS]):
    floor = re.match(r"([\w-]+)>=([\d.]+)", requirement)
    if floor and floor[1] not in ("pip", "xllamacpp"):
        version = floor[2] if floor[2].count(".") > 1 else f"{floor[2]}.*"
        print(f"{floor[1]}=={version}")
