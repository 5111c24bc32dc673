"""Small dbt projects of a few of the project's own models, for what connectors and inputs do."""

import shutil

import yaml
from conftest import ROOT

# A gate that rejects nothing, in place of rejected_rows and blanked_cells.
NO_CELL = """
select
    cast(null as bigint) as input_row_id,
    cast(null as varchar) as table_name,
    cast(null as varchar) as column_name

where false
"""
FIRST_GATE = ["extracts.sql", "extract_checks.py", "extract_checks.yml", "extract_headers.py"]


def write_small_project(project, models, seeds, variables, written=None, has_gate=False):
    """Write a project with some of the project's models and seeds, and all of its macros.

    `models` are paths below models/, each a file or a folder; `seeds` are names, or {name: text}
    for another content; `variables` overrule those of dbt_project.yml; `written` is {path: text} of
    further files. With the first gate it has that one, else a second one that rejects nothing.
    """
    for name in ("macros", "expectations", "publication", "tests/generic", "models/docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    for name in ("profiles.yml", "models/groups.yml"):
        shutil.copy(ROOT / name, project / name)
    for name in [*models, *(f"gate/{name}" for name in FIRST_GATE if has_gate)]:
        source, target = ROOT / "models" / name, project / "models" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    folder = project / "seeds" / "reference"
    folder.mkdir(parents=True)
    for name in seeds:
        for kind in ("csv", "yml"):
            shutil.copy(ROOT / "seeds" / "reference" / f"{name}.{kind}", folder)
        if isinstance(seeds, dict) and seeds[name] is not None:
            (folder / f"{name}.csv").write_text(seeds[name], encoding="utf-8")
    files = dict(written or {})
    if not has_gate:
        for name in ("rejected_rows", "blanked_cells"):
            files[f"models/gate/{name}.sql"] = NO_CELL
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    # Most settings are of models that are not here.
    settings["on-run-start"] = ["{{ create_reading_functions() }}"]
    settings["on-run-end"] = ["{{ report_gate() }}"] if has_gate else []
    settings["vars"] |= variables
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    return project
