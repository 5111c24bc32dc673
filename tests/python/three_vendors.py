"""The build of three vendors, which the tests of HubSpot and of three sources look at.

HubSpot's tables, Stripe's account and a FEC file of the demo company, tied by `id_sources`, by the
metadata of customers and by domains. The exchange rates, which none of them has, are the demo's.
"""

import shutil

import yaml
from builds import UNTESTED_BUILD, once
from conftest import ROOT, dbt

from generator.shapes import fec, hubspot, stripe

SETTINGS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
VARIABLES = {
    "connectors": ["hubspot", "stripe", "fec", "demo"],
    "connector_tables": SETTINGS["connector_tables"] | {"demo": ["exchange_rates"]},
    "extract_schemas": {"hubspot": "hubspot_data"},
    "extract_formats": {
        "fec": {"delimiter": "tab", "encoding": "windows-1252", "decimal_mark": ","}
    },
    "id_sources": {"stripe": "hubspot", "fec": "hubspot"},
    "match_companies_by_domain": True,
}


def supplied(*connectors):
    """Return the input tables that connectors of the build supply."""
    return {table for name in connectors for table in VARIABLES["connector_tables"][name]}


def three_vendors(demo_build):
    """Return the build, made once for all workers; HubSpot's file is hubspot/hubspot.duckdb."""
    folder = demo_build.folder.parent / "three_vendors"

    def made():
        write_project(folder / "project")
        fec.write(folder / "fec")
        (folder / "hubspot").mkdir()
        hubspot.write(folder / "hubspot", "dlt")
        stripe.write(folder / "stripe", "dlt_basil")
        return dbt(
            folder,
            UNTESTED_BUILD,
            project=folder / "project",
            extracts={
                "hubspot": folder / "hubspot" / "hubspot.duckdb",
                "stripe": folder / "stripe" / stripe.FILE,
                "fec": folder / "fec",
                "demo": ROOT / "seeds" / "demo",
            },
            variables=VARIABLES,
        )

    run = once(folder, made)
    assert run.returncode == 0, run.output
    return run


def write_project(project):
    """Write a copy of the project with the seeds that explain the accounts."""
    for name in ("models", "macros", "seeds", "tests", "expectations", "publication", "analyses"):
        ignored = shutil.ignore_patterns("python", "__pycache__", "demo")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    shutil.copytree(ROOT / "models/connectors/demo", project / "models/connectors/demo")
    reference = project / "seeds" / "reference"
    for name, text in fec.seeds((reference / "cost_accounts.csv").read_text()).items():
        (reference / f"{name}.csv").write_text(text, encoding="utf-8")
