"""Write the demo company in a vendor's shape: `python -m generator.shapes stripe --out DIR`."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import generator.shapes

VENDORS = sorted(
    module.name
    for module in iter_modules(generator.shapes.__path__)
    if module.name not in {"__main__", "company"}
)
"""The modules beside this one: each has `SHAPES` and `write(folder, shape)`."""


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and write one shape, the vendor's first one if none is named."""
    parser = argparse.ArgumentParser(prog="python -m generator.shapes", description=__doc__)
    parser.add_argument("vendor", choices=VENDORS)
    parser.add_argument("--shape", help="one of the vendor's SHAPES")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    vendor = import_module(f"generator.shapes.{chosen.vendor}")
    shape = chosen.shape or vendor.SHAPES[0]
    if shape not in vendor.SHAPES:
        parser.error(f"{chosen.vendor} has the shapes {', '.join(vendor.SHAPES)}")
    chosen.out.mkdir(parents=True, exist_ok=True)
    vendor.write(chosen.out, shape)


if __name__ == "__main__":
    main()
