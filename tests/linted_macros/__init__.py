"""The project's macros as sqlfluff sees them: the shortest SQL that may stand in their place.

sqlfluff lints the text of each file, not what the macros make of it: that is long, looks the same
in all files, and took most of the time. So neither dbt nor a parsed project is needed. A macro
stands for an expression that is named like it, unless it is defined below: these write CTEs or
queries, which here have the same names and read the same CTEs.

`library_path` of sqlfluff's settings in pyproject.toml leads here.
"""

import re
from pathlib import Path


def expression(name):
    """Return a macro that stands for an expression."""
    return lambda *_, **__: name


for path in (Path(__file__).resolve().parents[2] / "macros").rglob("*.sql"):
    for macro in re.findall(r"{%-? macro (\w+)\(", path.read_text(encoding="utf-8")):
        globals()[macro] = expression(macro)


class dbt:
    """dbt's own macros."""

    hash = expression("some_text")
    date_trunc = dateadd = datediff = last_day = expression("some_day")
    listagg = expression("some_list")
    split_part = expression("some_text")
    type_string = expression("varchar")


class target:
    """The engine that dbt would run on."""

    type = "duckdb"


def var(name, *_):
    """Return a number, cuts, or nothing for the day that users rarely set."""
    if name.endswith("_cuts"):
        return {"given": "given"}
    return "" if name == "reporting_date" else "1"


def cuts_of(name):
    return var(name)


def custom_cuts(table, relation=None, function=None):
    if function:
        return f",\n        {function}({relation}.own_{table}) as own_{table}"
    return f",\n        {relation}.own_{table}" if relation else f",\n    own_{table}"


def read_in_place():
    return ""


def setting(*_):
    return ["given"]


def forecast_methods():
    return ["given"]


class Tables(dict):
    """Some tables to loop over, and any that is asked for."""

    def __missing__(self, table):
        return {"id": "row_id"}


def input_tables():
    tables = ["deals", "expense_ledger", "payroll", "campaign_spend"]
    of = {"day": "created_at", "moments": ["created_at"], "id": "row_id"}
    return Tables({table: of for table in tables})


def records_of_inputs():
    return {"deals": {"record": "deal", "id": "deal_id", "amount": "deal_amount"}}


def renewal_reasons():
    return [{"reason": "asked", "sign": "has_asked", "en": "asked", "fr": "demandée"}]


def extract(*_):
    return "extracted"


def accepted_inputs(*_, **__):
    return "inputs as (select * from received), accepted as (select * from inputs)"


def created_deal_slices(**_):
    return {"created": {"needs": ["outcomes"]}}


def pipeline_movement_slices():
    return {"moved": {"needs": ["known_movements", "seen_movements"]}}


def aggregated(population, _, slices, **__):
    sources = [source for of in slices.values() for source in of.get("needs", [])]
    return f"final as (select * from {' cross join '.join([population, *sources])})"


def broken_cells(*_, **__):
    return "select 1 as broken"


def columns_of_cuts(*_, **__):
    return "cut_columns,"


def first_balance():
    return "first_balance as (select 1 as month_start)"


def compared_periods():
    return "compared as (select 1 as compared_start)"


def custom_fields(*_):
    return ",\n    given as custom"


def custom_cells(_):
    return ",\n        accepted.custom"


def custom_names(_, relation=None):
    return f",\n        {relation}.custom" if relation else "custom_names"


def escape_single_quotes(text):
    return text


def listed_rows(columns, _):
    return "select " + ", ".join(f"null as {column}" for column in columns)


def ledger_expenses(*_, **__):
    return "select 1 as entry_id"


expenses_of_report = ledger_expenses


def numbered_lines(lines):
    return f"select * from {lines}"


def seeds_of_shapes():
    return {"given": "given_columns"}


def spend_date_formats():
    return ["DD/MM/YYYY"]


def input_table(*_, **__):
    return "select 1 as input_row_id"


def kpi_rows(_, __, rows, *___, conversion=None, **____):
    return f"select * from {rows}{' cross join maturity' if conversion else ''}"


def cuts_of_credits_alone():
    return ["given"]


def funnel_steps():
    return [("lead_to_mql", "lead", "mql")]


def kpis_side_by_side(_):
    return "select 1 as period_start"


def latest_version(rows, *_, **__):
    return f"select * from {rows}"


def links_of(_):
    return "links as (select * from record_links)"


def listed(name, *_):
    return f"{name} as (select 1 as listed)"


def measured_together(name, left, _, right, __):
    return f"{name} as (select * from {left} cross join {right})"


def resolved_merges(_, merges="inputs"):
    return f"resolved as (select * from typed cross join {merges})"


def spine_of(*_):
    return "select 1 as first_day"


def spread_shared(name, measured, _):
    return f"{name} as (select * from {measured})"


def salesforce_no_custom_names(_):
    return ",\n        leads.custom"


def pipedrive_labelled(_):
    return {}


def tracing_of(credits):
    return f"tracing as (select count(*) > 0 as is_traced from {credits})"


def united_extracts(extracts):
    columns = dict.fromkeys(column for names in extracts.values() for column in names)
    return f"select {', '.join(f'1 as {column}' for column in columns)} from extracted"


def unlisted_ids(name, column, tables, others):
    return f"{name} as (select * from {others})"


def without_repeats(rows, *_, **__):
    return f"select * from {rows}"
