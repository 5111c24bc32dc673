"""Run the recipes of docs/clients.md against the published file, with the packages that they name.

    make clients

A recipe is a fenced block below `<!-- client: python -->` or `<!-- client: node -->`; what it must
say stands below `<!-- client output -->`. Those for Python run in an environment of their own, made
of requirements-clients.lock; those for Node need `node` and `npm`, and are passed over, aloud,
where these are missing. With --write the page gets what the recipes say. The exit code is 1 if a
recipe fails or says something else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "clients.md"
FOLDER = ROOT / "build" / "clients"
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
NODE_PACKAGE = "@duckdb/node-api@1.5.6-r.1"
RECIPE = re.compile(
    r"<!-- client: (?P<kind>\w+) -->\n```\w+\n(?P<code>.*?)```\n\n"
    r"<!-- client output -->\n```text\n(?P<output>.*?)```\n",
    re.DOTALL,
)


def command(kind: str, code: str) -> list[str] | None:
    """Return the command that runs a recipe, or None where its tool is not installed.

    Raises subprocess.CalledProcessError if the package of Node cannot be installed.
    """
    if kind == "python":
        return [str(PYTHON), "-c", code]
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    if not (FOLDER / "node_modules").exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", NODE_PACKAGE]
        subprocess.run([*install, "--prefix", str(FOLDER)], check=True)
    script = FOLDER / "recipe.mjs"
    script.write_text(code, encoding="utf-8")
    return ["node", str(script)]


def main(arguments: list[str]) -> int:
    """Try every recipe; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = PAGE.read_text(encoding="utf-8")
    failed = 0
    for recipe in reversed(list(RECIPE.finditer(text))):
        name = f"{recipe['kind']}: {recipe['code'].splitlines()[0]}"
        if (started := command(recipe["kind"], recipe["code"])) is None:
            print(f"not tried, node or npm is missing: {name}")
            continue
        done = subprocess.run(started, cwd=ROOT, capture_output=True, text=True, check=False)
        said = done.stdout.rstrip() + "\n"
        if done.returncode == 0 and "--write" in arguments:
            text = text[: recipe.start("output")] + said + text[recipe.end("output") :]
        elif done.returncode or said != recipe["output"]:
            failed += 1
            print(f"FAILED {name}\n{said}{done.stderr}")
            continue
        print(f"ok     {name}")
    if "--write" in arguments:
        PAGE.write_text(text, encoding="utf-8")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
