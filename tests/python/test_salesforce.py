"""The demo company as Salesforce delivers it gives the figures of the demo's own files.

The generator writes the company in the shape of a Data Export, with what real orgs have that must
not count. Every KPI that needs nothing but a CRM is compared with the demo's, row by row: value,
both parts, the reason of a missing value. What Salesforce cannot know is listed here with its
reason, and nothing else may differ. The shape that dlt writes is compared as it is staged.
"""

from dataclasses import dataclass

import duckdb
import pytest
import yaml
from builds import UNTESTED_BUILD, once
from conftest import ROOT, dbt

from generator.shapes import salesforce
from generator.shapes.company import company

TABLES = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["connector_tables"][
    "salesforce"
]
# What one row of kpi_values is about, and what it says of that.
CELL = ["kpi", "variant", "period_grain", "period_start", "period_end", "dimension", "segment"]
FIGURES = ["numerator", "denominator", "value", "null_reason", "is_provisional"]


@pytest.fixture(scope="session")
def org():
    return salesforce.Org(company())


@pytest.fixture(scope="module")
def salesforce_build(demo_build):
    folder = demo_build.folder.parent / "salesforce_build"

    def build():
        extracts = folder / "extracts"
        extracts.mkdir()
        salesforce.write(extracts, "export")
        return dbt(
            folder,
            [*UNTESTED_BUILD, "--select", "+kpi_values"],
            extracts={"salesforce": extracts},
            variables={"connectors": ["salesforce"]},
        )

    run = once(folder, build)
    assert run.returncode == 0, run.output
    return run
