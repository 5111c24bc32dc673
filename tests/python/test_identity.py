"""Records of several sources that are one: a CRM and a billing system in one build.

A small project stages companies and quotes of two sources. The billing system names the deals of
the CRM, and its customers are companies of the CRM: one says so itself, one stands in the seed, one
has the same domain, two are contradicted.
"""

import duckdb
import pytest
from conftest import dbt
from small_projects import write_small_project

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
        "pipelines": """
            select 'p' as pipeline_id, 's1' as stage_id, 'Old name' as stage_name,
                '1' as stage_order, 'false' as is_closed, 'false' as is_won
            union all select 'p', 's2', 'Signed', '2', 'false', 'false'
        """,
        "owners": "select '7' as owner_id, 'Mia' as owner_name union all select '8', 'Ben'",
        "contacts": """
            select 'k1' as contact_id, '9567448' as lifecycle_stage
            union all select 'k2', 'Hot Lead'
            union all select 'k3', 'lead'
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
SAID = {
    # The second stage is won, whatever the tool says; the third was deleted; acme is not connected.
    "deal_stages": """\
source_system,pipeline_id,pipeline_name,stage_id,stage_name,stage_order,win_probability,is_closed,is_won
crm,p,,s2,,,,true,true
crm,p,,gone,Deleted stage,3,0.5,false,false
acme,p,,s9,,,,true,true
""",
    "owner_teams": """\
source_system,owner_id,team,role
crm,7,North,account_executive
crm,99,South,
""",
    "lifecycle_words": """\
source_system,source_word,lifecycle_stage
crm,9567448,mql
crm,hot lead,sql
billing,lead,customer
""",
}
TABLES = ("companies", "quotes", "pipelines", "owners", "contacts")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    inputs = [f"inputs/input_{table}.{kind}" for table in TABLES for kind in ("sql", "yml")]
    return write_small_project(
        tmp_path_factory.mktemp("identity") / "project",
        models=[*inputs, "staging/stg_companies.sql", "staging/stg_quotes.sql"],
        seeds={"currency_rates": None, "company_links": LINKS, **SAID},
        variables={
            "connectors": ["crm", "billing"],
            "connector_tables": {name: list(tables) for name, tables in CONNECTORS.items()},
            "id_sources": {"billing": "crm"},
        },
        written={
            f"models/connectors/{connector}/{connector}__{table}.sql": query
            for connector, tables in CONNECTORS.items()
            for table, query in tables.items()
        },
    )


@pytest.fixture(scope="module")
def inputs(project, tmp_path_factory):
    run = dbt(tmp_path_factory.mktemp("inputs"), ["build"], project=project)
    assert run.returncode == 0, run.output
    with duckdb.connect(str(run.build_path), read_only=True) as con:
        yield con


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


# -- what the business says, in place of the tool --------------------------------------------------


def test_stages_that_the_business_names_overrule_the_tool(inputs):
    rows = inputs.execute(
        "select input_row_id, source_system, stage_id, stage_name, stage_order, is_closed, is_won "
        "from inputs.input_pipelines order by input_row_id"
    ).fetchall()
    assert rows == [
        (1, "crm", "s1", "Old name", "1", "false", "false"),
        (2, "crm", "s2", "Signed", "2", "true", "true"),
        (3, "crm", "gone", "Deleted stage", "3", "false", "false"),
    ]


def test_teams_that_the_business_names_add_no_owner(inputs):
    rows = inputs.execute("select owner_id, owner_name, team, role from inputs.input_owners")
    assert sorted(rows.fetchall()) == [
        ("7", "Mia", "North", "account_executive"),
        ("8", "Ben", None, None),
    ]


def test_words_of_a_source_are_the_contracts(inputs):
    rows = inputs.execute("select contact_id, lifecycle_stage from inputs.input_contacts")
    assert sorted(rows.fetchall()) == [("k1", "mql"), ("k2", "sql"), ("k3", "lead")]
