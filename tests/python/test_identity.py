"""Records of several sources that are one: a CRM, a billing system and a ledger in one build.

A small project stages companies, subscriptions and owners of three sources. The billing system names
the deals of the CRM, and its customers are companies of the CRM: one says so itself, one stands in
the seed, one has the same domain, one is contradicted, one is unknown.
"""

import shutil

import duckdb
import pytest
import yaml
from conftest import ROOT, dbt

CONNECTORS = {
    "crm": {
        "companies": """
            select '1' as company_id, 'acme.example' as domain, '' as merged_into_company_id
            union all select '2', 'beta.example', '1'
            union all select '3', 'gamma.example', ''
            union all select '4', 'twin.example', ''
            union all select '5', 'twin.example', ''
            union all select '6', '', ''
        """,
    },
    "billing": {
        "companies": """
            select
                'c1' as company_id,
                '' as domain,
                {{ id_of_other_source("'2'") }} as merged_into_company_id
            union all select 'c2', '', ''
            union all select 'c3', 'GAMMA.example', ''
            union all select 'c4', 'twin.example', ''
            union all select 'c5', '', {{ id_of_other_source("'3'") }}
            union all select 'c6', '', 'c2'
            union all select 'c7', '', ''
        """,
        "quotes": """
            select 'q1' as quote_id, '77' as deal_id
            union all select 'q2', ''
        """,
    },
}
LINKS = """\
source_system,company_id,linked_source,linked_company_id
billing,c2,crm,6
billing,c5,crm,4
billing,c7,crm,1
billing,c7,crm,3
"""
NO_CELL = """
select cast(null as bigint) as input_row_id, cast(null as varchar) as table_name,
    cast(null as varchar) as column_name
where false
"""


def write_project(project):
    """Write what is between connectors and staging, with a gate that rejects nothing."""
    for name in ("macros", "publication", "tests/generic", "models/docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    seeds = project / "seeds" / "reference"
    seeds.mkdir(parents=True)
    shutil.copy(ROOT / "seeds/reference/company_links.yml", seeds)
    (seeds / "company_links.csv").write_text(LINKS)
    shutil.copy(ROOT / "seeds/reference/currency_rates.csv", seeds)
    shutil.copy(ROOT / "profiles.yml", project)
    shutil.copy(ROOT / "models/groups.yml", project / "models")
    for folder in ("models/inputs", "models/staging", "models/gate"):
        (project / folder).mkdir()
    for table in ("companies", "quotes"):
        for kind in ("sql", "yml"):
            shutil.copy(ROOT / f"models/inputs/input_{table}.{kind}", project / "models/inputs")
        shutil.copy(ROOT / f"models/staging/stg_{table}.sql", project / "models/staging")
    for name in ("rejected_rows", "blanked_cells"):
        (project / f"models/gate/{name}.sql").write_text(NO_CELL)
    for connector, tables in CONNECTORS.items():
        folder = project / "models" / "connectors" / connector
        folder.mkdir(parents=True)
        for table, query in tables.items():
            (folder / f"{connector}__{table}.sql").write_text(query)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    # Most settings are of models that are not here.
    settings["on-run-start"] = ["{{ create_reading_functions() }}"]
    settings["on-run-end"] = []
    settings["vars"] |= {
        "connectors": ["crm", "billing"],
        "connector_tables": {name: list(tables) for name, tables in CONNECTORS.items()},
        "id_sources": {"billing": "crm"},
    }
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity") / "project"
    folder.mkdir()
    write_project(folder)
    return folder


def staged(project, folder, columns, table, **variables):
    """Build, and return the columns of a staged table by its first one."""
    run = dbt(folder, ["build"], project=project, variables=variables or None)
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        rows = con.execute(f"select {columns} from staging.stg_{table}").fetchall()
    return {row[0]: row[1:] for row in rows}


def test_a_customer_counts_under_the_company_that_its_system_or_the_seed_names(project, tmp_path):
    columns = "company_id, surviving_company_id, linked_by, has_contradicting_links, is_counted"
    companies = staged(project, tmp_path, columns, "companies")
    assert companies["billing:c1"] == ("crm:1", "source", False, False)
    assert companies["billing:c2"] == ("crm:6", "company_links", False, False)
    # Its own system merged it into a customer that the seed links.
    assert companies["billing:c6"] == ("crm:6", "source", False, False)
    # Without the setting the domain says nothing.
    assert companies["billing:c3"] == ("billing:c3", None, False, True)
    assert companies["crm:2"] == ("crm:1", "source", False, False)


def test_links_that_contradict_each_other_are_not_followed(project, tmp_path):
    columns = "company_id, surviving_company_id, linked_by, has_contradicting_links"
    companies = staged(project, tmp_path, columns, "companies")
    # By its own system and the seed; by two rows of the seed.
    assert companies["billing:c5"] == ("billing:c5", None, True)
    assert companies["billing:c7"] == ("billing:c7", None, True)


def test_domains_match_where_one_company_of_an_earlier_source_has_them(project, tmp_path):
    companies = staged(
        project,
        tmp_path,
        "company_id, surviving_company_id, linked_by",
        "companies",
        match_companies_by_domain=True,
    )
    assert companies["billing:c3"] == ("crm:3", "domain")
    # Two companies of the CRM have this one.
    assert companies["billing:c4"] == ("billing:c4", None)
    assert companies["billing:c1"] == ("crm:1", "source")


def test_a_source_names_the_records_of_another_one(project, tmp_path):
    assert staged(project, tmp_path, "quote_id, deal_id", "quotes") == {
        "billing:q1": ("crm:77",),
        "billing:q2": (None,),
    }
