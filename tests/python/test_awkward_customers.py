"""Awkward customers, each worked by hand, built with the real dbt.

`tests/fixtures/awkward_customers.yml` has the inputs and the expected results, customer by
customer; `awkward_customers_kpis.yml` beside it adds the customers up to the KPIs. Here they become
the CSV files of a connector `awkward`, which renames nothing: its columns are the input contract's.
"""

import csv
import datetime
import shutil
from collections import defaultdict
from decimal import Decimal
from functools import cache

import duckdb
import pytest
import yaml
from builds import BUILD, once
from conftest import ROOT, dbt

FIXTURES = ROOT / "tests" / "fixtures"
TABLES = ["companies", "plans", "subscriptions", "invoices", "invoice_lines", "exchange_rates"]
WORLD = yaml.safe_load((FIXTURES / "awkward_customers.yml").read_text())
CUSTOMERS = WORLD["customers"]
KPIS = yaml.safe_load((FIXTURES / "awkward_customers_kpis.yml").read_text())
REPORTING_DATE = WORLD["reporting_date"]
FIRST_MONTH = datetime.date(2024, 1, 1)
MONTHS_OF = {"Q": 3, "H": 6}
# The figures are exact; 8 decimals are kept.
TOLERANCE = Decimal("0.00000001")
# The definition does not say which part of the quotient stands above and which below.
NO_STATED_PARTS = {"customer_lifetime"}


# -- the world as a connector ----------------------------------------------------------------------


@cache
def contract_columns(table):
    """Columns of an input table, without the two that `input_table()` adds."""
    text = (ROOT / "models" / "inputs" / f"input_{table}.yml").read_text()
    [model] = yaml.safe_load(text)["models"]
    names = [column["name"] for column in model["columns"]]
    return [name for name in names if name not in ("input_row_id", "source_system")]


def companies_of(name, customer):
    records = {name: customer.get("company") or {}, **customer.get("other_companies", {})}
    for company_id, record in records.items():
        if record == "unknown":
            continue
        values = WORLD["defaults"]["company"] | record
        yield {
            "company_id": company_id,
            "company_name": company_id.replace("_", " "),
            "industry": values["industry"],
            "country": values["country"],
            "created_at": FIRST_MONTH,
            "is_archived": str(values.get("is_archived", False)).lower(),
            "merged_into_company_id": values.get("merged_into"),
        }


def subscription_rows_of(name, customer):
    for given in customer.get("subscriptions", []):
        row = WORLD["defaults"]["subscription"] | given
        line = row.pop("line", 1)
        yield {
            "subscription_id": f"{name}-{row.pop('subscription', line)}",
            "line_id": f"{name}-line-{line}",
            "company_id": row.pop("company", name),
            "plan_id": row.pop("plan"),
            "subscription_status": row.pop("status"),
            **row,
        }


def served(line):
    """Return the period of service of an invoice line, if it says one."""
    if "served" not in line:
        return {}
    first, last = line["served"]
    return {"period_start": first, "period_end": last}


def invoices_of(name, customer):
    """Yield each invoice with its lines."""
    for number, given in enumerate(customer.get("invoices", []), 1):
        values = WORLD["defaults"]["invoice"] | given
        invoice_id = f"{name}-{number}"
        invoice = {
            "invoice_id": invoice_id,
            "company_id": values.get("company", name),
            "invoice_type": values["type"],
            "invoice_status": values["status"],
            "currency": values["currency"],
            "amount_excl_tax": values["amount"],
            "tax_amount": 0,
            "issued_on": values["issued_on"],
        }
        lines = values.get("lines", [{"plan": "basic", "amount": values["amount"]}])
        yield (
            invoice,
            [
                {
                    "invoice_line_id": f"{invoice_id}-{line_number}",
                    "invoice_id": invoice_id,
                    "plan_id": line["plan"],
                    "line_type": line.get("line_type", "recurring"),
                    "quantity": line.get("quantity", 1),
                    "amount_excl_tax": line["amount"],
                    **served(line),
                }
                for line_number, line in enumerate(lines, 1)
            ],
        )


def input_rows():
    """Return the rows of each input table."""
    rows = defaultdict(list)
    for plan_id, plan in WORLD["plans"].items():
        rows["plans"].append(
            {
                "plan_id": plan_id,
                "plan_name": plan["name"],
                "product_family": plan["family"],
                "billing_interval": "month",
                "interval_count": 1,
                "list_price": plan["list_price"],
                "currency": "EUR",
                "is_active": "true",
            }
        )
    for rate in WORLD["exchange_rates"]:
        rows["exchange_rates"].append(
            {
                "rate_date": rate["day"],
                "from_currency": rate["from"],
                "to_currency": rate["to"],
                "rate": rate["rate"],
            }
        )
    for name, customer in CUSTOMERS.items():
        rows["companies"] += companies_of(name, customer)
        rows["subscriptions"] += subscription_rows_of(name, customer)
        for invoice, lines in invoices_of(name, customer):
            rows["invoices"].append(invoice)
            rows["invoice_lines"] += lines
    return rows


def write_extracts(folder):
    folder.mkdir()
    for table, rows in input_rows().items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            # A word that is no column of the contract is an error here, not an empty column there.
            writer = csv.DictWriter(file, contract_columns(table), restval="")
            writer.writeheader()
            writer.writerows(rows)


def write_project(project):
    """Copy the project and add the connector."""
    for name in ("models", "macros", "seeds", "tests", "expectations", "publication", "analyses"):
        shutil.copytree(
            ROOT / name,
            project / name,
            ignore=shutil.ignore_patterns("python", "fixtures", "__pycache__"),
        )
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    folder = project / "models" / "connectors" / "awkward"
    folder.mkdir()
    tables = [
        {"name": table, "columns": [{"name": column} for column in contract_columns(table)]}
        for table in TABLES
    ]
    sources = {"version": 2, "sources": [{"name": "awkward", "schema": "raw", "tables": tables}]}
    (folder / "awkward__sources.yml").write_text(yaml.safe_dump(sources, sort_keys=False))
    for table in TABLES:
        (folder / f"awkward__{table}.sql").write_text(
            "{{ config(enabled=connector_is_active('awkward')) }}\n\n"
            f"select {', '.join(contract_columns(table))}\n\n"
            f"from {{{{ extract('awkward', '{table}') }}}}\n"
        )


@pytest.fixture(scope="session")
def awkward_build(tmp_path_factory, worker_id):
    """The one build of this world, shared by all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "awkward_build"

    def build():
        write_project(folder / "project")
        write_extracts(folder / "extracts")
        return dbt(
            folder,
            BUILD,
            project=folder / "project",
            extracts={"awkward": folder / "extracts"},
            variables={
                "connectors": ["awkward"],
                "connector_tables": {"awkward": TABLES},
                "reporting_date": str(REPORTING_DATE),
            },
        )

    return once(folder, build)


@pytest.fixture(scope="session")
def published(awkward_build):
    assert awkward_build.returncode == 0, awkward_build.output
    with duckdb.connect(str(awkward_build.published_path), read_only=True) as con:
        yield con


def by_customer(con, query):
    """Rows of a query by the customer in their first column, without the source's prefix."""
    found = defaultdict(list)
    for customer_id, *row in con.sql(query).fetchall():
        found[customer_id.removeprefix("awkward:")].append(tuple(row))
    return found


# -- what is expected ------------------------------------------------------------------------------


def decimal(value):
    return Decimal(str(value))


def month_of(text):
    return datetime.date.fromisoformat(f"{text}-01")


def months_later(month, count):
    months = month.year * 12 + month.month - 1 + count
    return datetime.date(months // 12, months % 12 + 1, 1)


MONTHS = [months_later(FIRST_MONTH, count) for count in range(15)]


def by_month(ranges):
    """`{2024-01..2024-03: x}` as `{month: x}`."""
    values = {}
    for text, value in (ranges or {}).items():
        first, _, last = text.partition("..")
        for month in MONTHS:
            if month_of(first) <= month <= month_of(last or first):
                assert month not in values, f"{text} is said twice"
                values[month] = value
    return values


def expected_balances(customer):
    """Balance by month, from the first paid month to the reporting date."""
    return {month: decimal(value) for month, value in by_month(customer.get("mrr")).items()}


def expected_movements(customer):
    """Amount by month, movement, plan and currency."""
    found = {}
    for month, movement, amount, *rest in customer.get("movements", []):
        plan, currency = [*rest, *["Basic", "EUR"][len(rest) :]]
        key = (month_of(month), movement, plan, currency)
        assert key not in found, f"{key} is said twice"
        found[key] = decimal(amount)
    return found


def parts(customer, month, movements=None):
    return sum(
        amount
        for (moved, movement, *_), amount in expected_movements(customer).items()
        if moved == month and movement in (movements or [movement])
    )


def period_of(text):
    """`2024-Q2` as grain, first day and last day."""
    year, _, part = str(text).partition("-")
    if not part:
        grain, first, count = "year", 1, 12
    elif part[0] in MONTHS_OF:
        count = MONTHS_OF[part[0]]
        grain, first = {3: "quarter", 6: "half_year"}[count], (int(part[1:]) - 1) * count + 1
    else:
        grain, first, count = "month", int(part), 1
    start = datetime.date(int(year), first, 1)
    return grain, start, months_later(start, count) - datetime.timedelta(days=1)


# -- the files themselves --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CUSTOMERS)
def test_what_is_expected_of_a_customer_holds_together(name):
    """Start and movements are the end, of each month; balances run to the reporting date."""
    customer = CUSTOMERS[name]
    balances = expected_balances(customer)
    assert list(balances) == MONTHS[len(MONTHS) - len(balances) :]
    start = 0
    for month in MONTHS:
        assert start + parts(customer, month) == balances.get(month, 0), month
        start = balances.get(month, 0)
    assert customer["story"].endswith(".")


def test_every_variant_of_the_kpis_is_looked_at(published):
    catalogue = published.execute(
        "select kpi, variants from kpis.kpi_catalog where list_contains(?, kpi)", [list(KPIS)]
    ).fetchall()
    variants = {kpi: set(text.split("|")) for kpi, text in catalogue}
    assert variants == {kpi: set(figures) for kpi, figures in KPIS.items()}


# -- customer by customer --------------------------------------------------------------------------


def test_nothing_is_rejected(awkward_build, published):
    assert "REJECT" not in awkward_build.output


def test_the_company_that_the_crm_does_not_know_is_warned_of(awkward_build, published):
    with duckdb.connect(str(awkward_build.build_path), read_only=True) as con:
        assert con.sql(
            "select company_id from staging.stg_subscriptions "
            "anti join staging.stg_companies using (company_id)"
        ).fetchall() == [("awkward:unknown_to_the_crm",)]


def test_the_customers_are_these_and_no_others(published):
    """Not the merged record, and no company that only tried or only signed."""
    for table, expected in {
        "fct_mrr_months": "mrr",
        "fct_mrr_movements": "movements",
        "fct_intra_month_churn": "intra_month_churn",
        "fct_invoice_lines": "revenue",
    }.items():
        found = by_customer(published, f"select distinct customer_id from marts.{table}")
        assert set(found) == {name for name in CUSTOMERS if expected in CUSTOMERS[name]}, table


@pytest.fixture(scope="session")
def mrr_months(published):
    return by_customer(
        published,
        "select customer_id, month_start, mrr_amount, list_mrr_amount, start_mrr_amount, "
        "fx_amount, is_active, coalesce(seat_count, 0), plan, cohort_month, months_since_cohort "
        "from marts.fct_mrr_months order by all",
    )


@pytest.mark.parametrize("name", [name for name in CUSTOMERS if "mrr" in CUSTOMERS[name]])
def test_balances(mrr_months, name):
    customer = CUSTOMERS[name]
    balances = expected_balances(customer)
    list_prices = by_month(customer.get("list_mrr"))
    seats = by_month(customer.get("seats"))
    plans = by_month(customer.get("main_plan"))
    cohort = min(balances)
    assert mrr_months[name] == [
        (
            month,
            balance,
            decimal(list_prices.get(month, balance)),
            balances.get(months_later(month, -1), 0),
            parts(customer, month, ["fx"]),
            balance > 0,
            seats.get(month, 1) if balance > 0 else 0,
            plans.get(month, "Basic"),
            cohort,
            MONTHS.index(month) - MONTHS.index(cohort),
        )
        for month, balance in balances.items()
    ]


@pytest.fixture(scope="session")
def mrr_movements(published):
    return by_customer(
        published,
        "select customer_id, month_start, movement, plan, currency, movement_amount, gap_months "
        "from marts.fct_mrr_movements where movement_amount != 0",
    )


@pytest.mark.parametrize("name", [name for name in CUSTOMERS if "movements" in CUSTOMERS[name]])
def test_movements(mrr_movements, name):
    customer = CUSTOMERS[name]
    found = {tuple(key): amount for *key, amount, _ in mrr_movements[name]}
    assert found == expected_movements(customer)
    gaps = {(row[0], row[5]) for row in mrr_movements[name] if row[1] == "reactivation"}
    assert gaps == {(month_of(month), n) for month, n in customer.get("gap_months", {}).items()}


@pytest.mark.parametrize(
    "name", [name for name in CUSTOMERS if "intra_month_churn" in CUSTOMERS[name]]
)
def test_intra_month_churn(published, name):
    found = by_customer(
        published,
        "select customer_id, month_start, first_paid_date, last_paid_date, churned_mrr_amount, "
        "plan from marts.fct_intra_month_churn order by all",
    )
    assert found[name] == [
        (month_of(month), first, last, amount, "Basic")
        for month, first, last, amount in CUSTOMERS[name]["intra_month_churn"]
    ]


@pytest.mark.parametrize("name", CUSTOMERS)
def test_paid_days(published, name):
    """First and last paid day; a company that never paid has none."""
    [(cohort, *found)] = by_customer(
        published,
        "select customer_id, cohort_month, first_paid_date, last_paid_date "
        "from marts.dim_customers",
    ).get(name, [(None, None, None)])
    customer = CUSTOMERS[name]
    days = [None if day == "running" else day for day in customer.get("paid", [None, None])]
    assert found == days
    assert cohort == min(expected_balances(customer), default=None)


@pytest.mark.parametrize("name", [name for name in CUSTOMERS if "invoices" in CUSTOMERS[name]])
def test_revenue(published, name):
    found = by_customer(
        published,
        "select customer_id, issued_date, coalesce(plan, '(none)'), line_amount, "
        "case when is_purchase then 'purchase' else 'no_purchase' end "
        "from marts.fct_invoice_lines",
    )
    assert sorted(found[name]) == sorted(
        (day, plan, decimal(amount), purchase)
        for day, plan, amount, purchase in CUSTOMERS[name].get("revenue", [])
    )


# -- KPI by KPI ------------------------------------------------------------------------------------


def near(found, expected):
    if found is None or expected is None:
        return found is expected
    return abs(found - decimal(expected)) <= TOLERANCE


@pytest.mark.parametrize(
    ("kpi", "variant"), [(kpi, variant) for kpi, variants in KPIS.items() for variant in variants]
)
def test_kpi(published, kpi, variant):
    rows = {
        tuple(key): tuple(values)
        for *key, numerator, denominator, value, provisional in published.execute(
            "select period_grain, period_start, period_end, dimension, segment, "
            f"numerator, denominator, value, is_provisional from kpis.kpi_{kpi} where variant = ?",
            [variant],
        ).fetchall()
        for values in [(numerator, denominator, value, provisional)]
    }
    wrong = []
    for figure in KPIS[kpi][variant]:
        grain, start, end = period_of(figure["period"])
        cut = figure.get("cut", ["all", "all"])
        expected = {"value": figure["value"]}
        if kpi not in NO_STATED_PARTS and figure["value"] is not None:
            expected["numerator"] = figure.get("numerator", figure["value"])
            expected["denominator"] = figure.get("denominator")
        if kpi != "cohort_retention":
            expected["is_provisional"] = end > REPORTING_DATE
        elif "provisional" in figure:
            expected["is_provisional"] = figure["provisional"]
        row = rows.get((grain, start, end, *cut))
        if row is None:
            wrong.append(f"{figure['period']} {'/'.join(cut)}: there is no such row")
            continue
        found = dict(zip(["numerator", "denominator", "value", "is_provisional"], row, strict=True))
        wrong += [
            f"{figure['period']} {'/'.join(cut)}: {part} is {found[part]}, not {value}"
            for part, value in expected.items()
            if not (found[part] is value if part == "is_provisional" else near(found[part], value))
        ]
    assert wrong == []
