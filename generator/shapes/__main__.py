"""Write the demo company as a vendor's tool would: `-m generator.shapes hubspot --shape dlt`."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path


def vendors() -> list[str]:
    """Return the names of the modules that write a vendor's shapes: those that list `SHAPES`."""
    found = []
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        module = importlib.import_module(f"generator.shapes.{path.stem}")
        if hasattr(module, "SHAPES"):
            found.append(path.stem)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(prog="python -m generator.shapes", description=__doc__)
    parser.add_argument("vendor", choices=vendors())
    parser.add_argument(
        "--shape", help="how the data came; the first one of the vendor if left out"
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    asked = parser.parse_args(arguments)
    module = importlib.import_module(f"generator.shapes.{asked.vendor}")
    shape = asked.shape or module.SHAPES[0]
    if shape not in module.SHAPES:
        parser.error(f"{asked.vendor} has the shapes {', '.join(module.SHAPES)}, not {shape}")
    asked.out.mkdir(parents=True, exist_ok=True)
    module.write(asked.out, shape)


if __name__ == "__main__":
    main()
