"""Settings: each is known, has a type and a range, and is refused in words if it is wrong."""

import ast
import json
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
import warm_dbt
import yaml
from conftest import paths

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configure.md").read_text(encoding="utf-8")
DEFAULTS = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
# Settings whose default the page gives in words instead of as a value.
IN_WORDS = {"connector_tables", "calendar_start", "calendar_end", "growing_tables"}
# Facts that only have to exist, or are joined to rows with cuts, and have no cuts themselves.
JOINED_IN = {
    "agg_answered_leads": {"fct_activities"},
    "agg_contacts": {"fct_deals", "fct_quotes"},
    "agg_deals": {"fct_quotes"},
    "agg_open_deals": {"fct_pipeline_balances"},
    "agg_visitors": {"fct_contact_funnel"},
    "agg_won_to_billed": {"fct_invoices", "fct_won_to_billed"},
}


def definitions():
    """Return the definitions of macros/settings.sql: {name: {"type": …, …}}."""
    text = (ROOT / "macros" / "settings.sql").read_text(encoding="utf-8")
    [literal] = re.findall(
        r"setting_definitions\(\) -%\}\n\{\{- return\((\{.*?\})\) -\}\}", text, re.S
    )
    return ast.literal_eval(literal.replace("true", "True"))


@contextmanager
def dbt_in(folder):
    """Yield a function that runs `dbt run` with variables: it returns its success and its words.

    The build file is build/revops.duckdb of the folder.
    """
    command = [Path(__file__).with_name("dbt_of_lines.py")]
    environment = {**os.environ, **paths(folder)}
    warm_dbt.count(command, "warm")
    (folder / "build").mkdir(exist_ok=True)
    there, back = os.pipe(), os.pipe()
    with os.fdopen(there[0]) as stdin, os.fdopen(back[1], "w") as stdout:
        connection = warm_dbt.start(command, ROOT, environment, stdin=stdin, stdout=stdout)
    with connection, os.fdopen(there[1], "w") as asks, os.fdopen(back[0]) as answers:

        def ask(variables, *arguments, select="expected_loads"):
            variables = variables if isinstance(variables, str) else json.dumps(variables)
            asks.write(json.dumps([["run", "--select", select, *arguments], variables]) + "\n")
            asks.flush()
            while not (line := answers.readline()).startswith("ANSWER "):
                assert line, "dbt ended"
            return json.loads(line.removeprefix("ANSWER "))

        yield ask
        asks.close()
        assert connection.makefile().readline() == "0\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with dbt_in(tmp_path_factory.mktemp("settings")) as ask:
        yield ask


def sentences(said):
    """Return the sentence on each setting: {place: sentence}."""
    found = re.findall(r"^    ([\w. ]+): (.+)$", said, re.M)
    assert len(found) == len(dict(found)), "a setting is told twice"
    return dict(found)


def refused(answer):
    """Return the sentences of a build that was refused before anything was computed."""
    [success, said] = answer
    assert not success
    assert "The build was not started: " in said
    assert "Traceback" not in said
    return sentences(said)


def test_every_setting_is_defined_given_and_explained():
    [section] = re.findall(r"^## Settings\n(.*?)^## ", PAGE, re.M | re.S)
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|", section, re.M)
    explained = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    assert set(definitions()) == set(DEFAULTS) == set(explained)
    for name, default in explained.items():
        if name in IN_WORDS or name.endswith("_cuts"):
            assert "`" not in default
        else:
            value = "" if default == "empty" else yaml.safe_load(default.strip("`"))
            assert value == DEFAULTS[name], f"the page's default of {name}"


def test_settings_as_they_stand_are_right(run):
    [success, said] = run({})
    assert success, said


def test_every_setting_refuses_what_is_of_no_type_and_says_what_it_may_be(run):
    """The sentence ends with the allowed values; no two types or ranges have the same words."""
    said = refused(run({name: [[1]] for name in definitions()}))
    assert set(said) == set(definitions())
    for name, definition in definitions().items():
        assert said[name].startswith("[[1]] is not "), said[name]
        for end in ("from", "to"):
            assert str(definition.get(end, "")) in said[name]
        assert all(choice in said[name] for choice in definition.get("choices", ()))
        assert definition.get("may_be_empty", False) == said[name].endswith(", or empty")
    assert said["fiscal_year_start_month"] == "[[1]] is not a whole number from 1 to 12"


def test_wrong_values_are_refused_in_one_go(run):
    wrong = {
        "reporting_dat: 1": "there is no such setting; did you mean reporting_date?",
        "conectors: [demo]": "there is no such setting; did you mean connectors?",
        "colour: red": "there is no such setting",
        "reporting_date: 31/12/2025": "'31/12/2025' is not a day like 2025-12-31, or empty",
        "calendar_start: '2025-02-30'": "'2025-02-30' is not a day like 2025-12-31",
        "calendar_end: 20601231": "20601231 is not a day like 2025-12-31",
        "fiscal_year_start_month: 13": "13 is not a whole number from 1 to 12",
        "past_due_grace_days: '30'":
            "'30' is not a whole number from 0 to 3650; write it without quotes",
        "cac_lag_months: 1.5": "1.5 is not a whole number from 0 to 60",
        "attribution_window_days: -1": "-1 is not a whole number from 0 to 3650, or empty",
        "cohort_horizon_days: true": "true is not a whole number from 1 to 3650",
        "kept_generations: ": "nothing is not a whole number from 0 to 100",
        "clv_discount_rate: 10": "10 is not a number from 0 to 1; 10 % is 0.1",
        "max_rejected_share: 5":
            "5 is not a number from 0 to 1, or such numbers by input table with a default;"
            " 5 % is 0.05",
        "reporting_currency: usd": "'usd' is not a currency of currency_rates; did you mean USD?",
        "reporting_time_zone: Europe/Pari":
            "'Europe/Pari' is not a time zone like Europe/Paris; did you mean Europe/Paris?",
        "mrr_exchange_rates: fix": "'fix' is not market or fixed",
        "pay_by_rep: 'false'": "'false' is not true or false; write it without quotes",
        "count_archived_records: 0": "0 is not true or false",
        "connectors: demo":
            "'demo' is not a list of connectors of connector_tables, each once, like [demo]",
        "extracts_dir: 5":
                "5 is not a folder or DuckDB file, or one for each connector,"
                " like {demo: seeds/demo}",
        "rep_roles: account_executive":
            "'account_executive' is not a list of texts, like [one, two]",
        "deal_cuts: [owner_name]":
            "['owner_name'] is not names and text columns of the mart, like {owner: owner_name}",
        "metadata_keys: {stripe: {company: hubspot_id}}":
            "{'stripe': {'company': 'hubspot_id'}} is not for each connector some of"
            " crm_company_id, deal_id, product_family, like"
            " {stripe: {crm_company_id: hubspot_id}}, or {}",
        "extract_formats: {demo: {date_format: DD/DD/YYYY}}":
            "{'demo': {'date_format': 'DD/DD/YYYY'}} is not for each connector some of"
            " delimiter (one character or tab), quote (one character), encoding (utf-8,"
            " windows-1252, latin-1, utf-16), decimal_mark (. or ,), date_format"
            " (such as DD/MM/YYYY) and currency (of amounts without one), like"
            ' {acme: {delimiter: ";"}}',
        "source_time_zones: {demo: Mars}":
            "{'demo': 'Mars'} is not a time zone for each connector, like {demo: Europe/Paris},"
            " or {}",
    }  # fmt: skip
    said = refused(run("\n".join(wrong)))
    assert said == {setting.partition(":")[0]: message for setting, message in wrong.items()}


def test_names_that_the_project_does_not_have_are_refused(run):
    said = refused(
        run(
            {
                "connectors": ["demo", "acme"],
                "connector_tables": {"demo": ["deals", "dealz"], "maven": []},
                "source_time_zones": {"demi": "Europe/Paris"},
                "max_rejected_share": {"default": 0.05, "invoicez": 0.25},
                "max_load_drop_share": {"deals": 0.1},
                "warn_load_drop_share": {"default": 0.1, "deals": 7},
                "reporting_currency": "SEK",
                "deal_cuts": {
                    "owner": "owner_nam",
                    "All": "plan",
                    "size": "deal_amount",
                    "owner x tem": ["owner", "tem"],
                    "size and owner": ["size", "owner"],
                },
                "customer_cuts": {"deal": "deal_id", "customer": "customer_id"},
            }
        )
    )
    nearest = {place: message.partition("; ")[2] for place, message in said.items()}
    assert nearest == {
        "connectors": "there are demo, maven",
        "connector_tables.demo": "did you mean deals?",
        "source_time_zones": "did you mean demo?",
        "max_rejected_share": "did you mean invoices?",
        "max_load_drop_share": "",
        "warn_load_drop_share.deals": "7 % is 0.07",
        "reporting_currency": "",
        "deal_cuts.owner": "did you mean owner_name?",
        "deal_cuts.All": "",
        "deal_cuts.size": "",
        "deal_cuts.owner x tem": "",
        "deal_cuts.size and owner": "",
        "customer_cuts.deal": "",
        "customer_cuts.customer": "",
    }
    assert said["reporting_currency"].endswith("which has CHF, EUR, GBP, USD")
    assert "default" in said["max_load_drop_share"]
    assert "small letters" in said["deal_cuts.All"]
    assert "is no dimension of this setting" in said["deal_cuts.owner x tem"]
    assert "'team x channel': [team, channel]" in said["deal_cuts.size and owner"]
    assert "fct_mrr_movements" in said["customer_cuts.deal"]


@pytest.mark.parametrize(
    ("variables", "place", "message"),
    [
        (
            "{calendar_start: 2060-01-01, calendar_end: 1990-01-01}",
            "calendar_start",
            "2060-01-01 does not lie before calendar_end, 1990-01-01",
        ),
        (
            "{spend_cuts: {country: channel}, credit_cuts: {country: campaign_name}}",
            "credit_cuts",
            "it lacks country: channel, which spend_cuts has",
        ),
        (
            "{credit_cuts: {channel: channel, campaign: campaign_name, "
            "customer_type: customer_type, channel x customer_type: [channel, customer_type]}}",
            "credit_cuts",
            "channel x customer_type is a pair that splits returns and no costs, "
            "which only a single column can",
        ),
        (
            "{reporting_date: 2061-01-01}",
            "reporting_date",
            "2061-01-01 does not lie within calendar_start and calendar_end, "
            "1990-01-01 to 2060-01-01",
        ),
        (
            "{connectors: [acme]}",
            "connectors",
            "there is no connector 'acme'; there are demo, fec, hubspot, maven, pipedrive, "
            "quickbooks, salesforce, spend, stripe, xero",
        ),
        (
            "{custom_columns: {deals: [{name: plan, from: Plan__c, cut: true}]}}",
            "custom_columns.deals",
            "deal_cuts has a cut plan already; give this one another name",
        ),
        (
            "{custom_columns: {deals: [{name: tier, from: a, cut: true}], "
            "companies: [{name: tier, from: b, cut: true}]}}",
            "custom_columns.companies",
            "another table has a cut tier; give one another name",
        ),
        (
            "{custom_columns: {companies: [{name: currency, from: x, cut: true}]}}",
            "custom_columns.companies.currency",
            "fct_contract_months has a column of this name already; give this one another",
        ),
        (
            "{custom_columns: {deals: [{name: movement, from: Plan__c, cut: true}]}}",
            "custom_columns.deals",
            "KPIs have a dimension movement of their own; give this one another name",
        ),
        (
            "{custom_columns: {deals: [{name: deal_amount, from: Value__c, type: number}]}}",
            "custom_columns.deals.deal_amount",
            "deals have a column of this name already; give this one another",
        ),
        (
            "{custom_columns: {companies: [{name: order, from: Order__c}]}}",
            "custom_columns.companies.order",
            "this is a word of SQL; give the column another name",
        ),
        (
            "{custom_columns: {deals: [{name: region, from: ''}]}}",
            "custom_columns.deals.region",
            "from names no column of the source",
        ),
        (
            "{custom_columns: {deals: [{name: region, from: {hubspott: region}}]}}",
            "custom_columns.deals.region",
            "there is no connector 'hubspott'; did you mean hubspot?",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(run, variables, place, message):
    assert refused(run(variables)) == {place: message}


@pytest.mark.parametrize(
    "column",
    [
        "{name: seats, from: seats, type: number, cut: true}",
        "{name: region, from: region, cut: 'yes'}",
        "{name: region, from: region, cuts: true}",
    ],
)
def test_only_text_of_ones_own_is_a_cut(run, column):
    [[place, message]] = refused(run(f"{{custom_columns: {{contacts: [{column}]}}}}")).items()
    assert place == "custom_columns" and "cut: true for text that figures are cut by" in message


@pytest.mark.parametrize(
    "variables",
    [
        "{reporting_date: 2025-04-30, calendar_start: 1990-01-01}",
        "{reporting_date: '2024-02-29', calendar_end: '2060-01-01'}",
        "{reporting_date: , attribution_window_days: 0, clv_max_lifetime_years: 5}",
        "{clv_max_lifetime_years: 7.5, clv_discount_rate: 0, source_time_zones: {demo: UTC}}",
        "{rep_roles: [], internal_hostnames: [], invoice_cuts: {}, extracts_dir: seeds/demo}",
        "{connectors: [demo, maven], reporting_time_zone: UTC, kept_generations: 0}",
    ],
)
def test_right_values_are_taken(run, variables):
    """YAML makes a date of a day without quotes, and nothing of an empty value."""
    [success, said] = run(variables)
    assert success, said


def test_unknown_name_in_the_project_file_is_refused(run, tmp_path):
    shutil.copytree(ROOT / "seeds" / "reference", tmp_path / "seeds" / "reference")
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    text = text.replace("  pay_by_rep: true", "  pay_by_reps: true")
    (tmp_path / "dbt_project.yml").write_text(text, encoding="utf-8")
    assert refused(run({}, "--project-dir", str(tmp_path))) == {
        "pay_by_reps": "there is no such setting; did you mean pay_by_rep?",
        "pay_by_rep": "nothing is not true or false",
    }


@pytest.mark.parametrize("variable", ["connectors: demo", "visit_cuts: [a]"])
def test_what_dbt_would_trip_over_while_it_parses_is_refused_then(run_dbt, variable):
    variables = {**yaml.safe_load(variable), "reporting_dat": 1}
    done = run_dbt(["parse"], variables=variables)
    assert done.returncode != 0
    assert set(refused([False, done.output])) == set(variables)


def test_report_that_ends_before_the_data_is_refused(demo_build, tmp_path):
    shutil.copytree(demo_build.folder / "build", tmp_path / "build")
    with dbt_in(tmp_path) as run:
        [success, said] = run("{reporting_date: 2022-12-31}", select="int_reporting_date")
        assert not success
        assert "2022-12-31 lies before the first day of the data, 2023-01-01: there" in said
        [success, said] = run("{reporting_date: 2023-01-01}", select="int_reporting_date")
        assert success, said


def test_cuts_name_the_marts_that_their_kpis_read(demo_build):
    """A mart that the list lacks would let a column pass that its KPIs then trip over."""
    models = {
        node["name"]: node
        for node in demo_build.manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    marts_of = {
        name: set(definition["columns_of"])
        for name, definition in definitions().items()
        if definition["type"] == "cuts"
    }
    assert set().union(*marts_of.values()) <= set(models)
    for reader in models.values():
        marts = [marts for name, marts in marts_of.items() if f"'{name}'" in reader["raw_code"]]
        if marts:
            read = {parent.split(".")[-1] for parent in reader["depends_on"]["nodes"]}
            facts = {name for name in read if name.startswith("fct_")}
            facts -= JOINED_IN.get(reader["name"], set())
            assert facts <= set().union(*marts), reader["name"]


def test_page_shows_what_is_said(run):
    [shown] = re.findall(r"<!-- settings -->\n```text\n(.*?)```", PAGE, re.S)
    [_, said] = run("{reporting_dat: 2025-01-01, fiscal_year_start_month: 13}")
    assert shown.rstrip() in said
