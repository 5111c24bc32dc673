"""The dictionary, the data model and the start page: what they say is what the views say.

The figures are asked of each KPI's own view, the inputs of `kpi_inputs`, and what a board reads of
DuckDB's own parser: none of it goes through the code of the pages.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import board_pages
import duckdb
import pytest
import yaml
from board_pages import content_of

from boards import declaration, entities, exposures, figures, lineage, page
from scripts import list_macros, make_docs

ROOT = Path(__file__).parents[2]
PAGES = ("index", "dictionary", "entities")


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def manifest(demo_build):
    return lineage.read_manifest(demo_build.target_path / "manifest.json")


@pytest.fixture(scope="module")
def site(demo_build, tmp_path_factory):
    """A folder with the pages of `make docs`, but for dbt's own."""
    folder = tmp_path_factory.mktemp("site")
    make_docs.make(demo_build.published_path, demo_build.target_path / "manifest.json", folder)
    return folder


@pytest.fixture(scope="module")
def content(site):
    return content_of(site / "dictionary.html")[0]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = board_pages.start(playwright)
        yield started
        started.close()


@pytest.fixture
def open_page(browser, site):
    """A function that opens a page; it must have had no fault and no request."""
    opened = []

    def open_(name, **options):
        reader = board_pages.Reader(browser, site / f"{name}.html", **options)
        opened.append(reader)
        return reader.page

    yield open_
    for reader in opened:
        reader.close()
    assert [fault for reader in opened for fault in reader.faults] == []


# -- what the pages hold ---------------------------------------------------------------------------


def test_the_dictionary_has_every_kpi_with_its_words(con, content):
    rows = con.sql(
        "select kpi, name_en, name_fr, description_en, description_fr, team from kpis.kpi_catalog"
    ).fetchall()
    assert sorted(rows) == sorted(
        (each["kpi"], *each["name"].values(), *each["description"].values(), each["team"])
        for each in content["kpis"]
    )
    variants = con.sql(
        "select kpi, variant, formula_en, formula_fr, unit, when_to_use_en, when_to_use_fr "
        "from kpis.kpi_variants order by kpi, place"
    ).fetchall()
    assert variants == [
        (
            each["kpi"],
            variant["variant"],
            *variant["formula"].values(),
            variant["unit"],
            *(variant["when"] or {"en": None, "fr": None}).values(),
        )
        for each in sorted(content["kpis"], key=lambda each: each["kpi"])
        for variant in each["variants"]
    ]


@pytest.mark.parametrize("grain", ["month", "quarter", "year"])
def test_figures_are_those_of_the_views(con, content, grain):
    """Each KPI's own view is asked: every variant, in each period that the page has."""
    starts = [period["start"] for period in content["periods"][grain]]
    assert len(starts) >= 3
    shown = {
        (kpi["kpi"], variant["variant"], start): (
            value,
            place in variant["figures"][grain]["provisional"],
            variant["figures"][grain]["reasons"].get(str(place)),
        )
        for kpi in content["kpis"]
        for variant in kpi["variants"]
        if grain in variant["figures"]
        for place, (start, value) in enumerate(
            zip(starts, variant["figures"][grain]["values"], strict=True)
        )
    }
    asked = " union all ".join(
        f"select * from kpis.kpi_{kpi['kpi']}" for kpi in content["kpis"] if kpi["subject"]
    )
    rows = con.execute(
        f"""
        select
            kpi, variant, cast(period_start as varchar), cast(value as double), is_provisional,
            null_reason
        from ({asked}) as views
        where dimension = 'all' and period_grain = ?
            and list_contains(?, cast(period_start as varchar))
        """,
        [grain, starts],
    ).fetchall()
    expected = {tuple(row[:3]): row[3:] for row in rows}
    assert len(expected) == len(rows) > 100
    assert expected.keys() <= shown.keys()
    wrong = {
        key: (shown[key], expected[key])
        for key in expected
        if shown[key] != (expected[key][0], bool(expected[key][1]), expected[key][2])
    }
    assert wrong == {}
    assert [shown[key][0] for key in shown.keys() - expected.keys() if shown[key][0]] == []


def test_targets_are_those_of_the_published_file(con, content):
    rows = con.sql(
        "select kpi, variant, period_grain, cast(valid_from as varchar), cast(target as double) "
        "from kpis.kpi_targets"
    ).fetchall()
    assert sorted(rows) == sorted(
        (kpi["kpi"], target["variant"], grain, target["valid_from"], target["target"])
        for kpi in content["kpis"]
        for target in kpi["targets"]
        for grain in target["grains"]
    )


def test_what_a_kpi_is_made_of_ends_in_the_inputs_that_it_reads(con, content):
    """`kpi_inputs` finds them with SQL and Jinja in dbt; the page, in dbt's manifest."""
    expected = {}
    for kpi, table in con.sql("select kpi, table_name from kpis.kpi_inputs").fetchall():
        expected.setdefault(kpi, set()).add(f"input_{table}")
    found = {}
    for kpi in content["kpis"]:
        waiting, seen = [f"kpi_{kpi['kpi']}"], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += content["parents"].get(name, [])
        found[kpi["kpi"]] = {name for name in seen if content["layers"][name] == "inputs"}
        assert {content["layers"][name] for name in seen} <= set(lineage.LAYERS)
    assert found == expected


def test_gate_calendar_and_reporting_date_are_no_part_of_a_picture(content):
    behind_all = {
        path.stem
        for folder in ("gate", "intermediate/calendar", "marts/calendar")
        for path in (ROOT / "models" / folder).glob("*.*")
    }
    assert {"int_reporting_date", "dim_periods", "input_checks"} <= behind_all
    assert set(content["layers"]) & behind_all == set()
    assert content["parents"]["kpi_win_rate"] == ["agg_conversion_days", "agg_deals"]
    assert content["parents"]["agg_deals"] == ["fct_deals", "fct_quotes"]
    assert "input_deals" in content["parents"]["fct_deals"]


def test_every_word_of_the_shell_is_in_both_languages():
    def wrong(node, path):
        if not isinstance(node, dict):
            return [path]
        if {"en", "fr"} & set(node):
            return [] if set(node) == {"en", "fr"} else [path]
        return [each for key, value in node.items() for each in wrong(value, f"{path}.{key}")]

    assert wrong(page.words(), "words") == []


def test_words_are_there_for_all_that_the_catalogue_says(content):
    words = page.words("dictionary")
    for kpi in content["kpis"]:
        assert kpi["team"] in words["teams"]
        assert kpi["subject"] in {None, *words["subjects"]}
        assert kpi["perspective"] in words["perspectives"]
        assert set(kpi["grains"]) <= set(words["all_grains"])
        for variant in kpi["variants"]:
            assert variant["unit"] in words["units"]
            assert variant["direction"] in words["directions"]
            assert variant["value_type"] in words["value_types"]


# -- the pages in a browser ------------------------------------------------------------------------

FOUND = "[...document.querySelectorAll('article')].map((each) => each.id)"


def test_a_variant_says_when_to_use_it(open_page, con):
    """In the language of the reader, where a KPI has more than one."""
    rows = con.sql(
        "select kpi, variant, when_to_use_en, when_to_use_fr from kpis.kpi_variants "
        "where kpi in (select kpi from kpis.kpi_catalog)"
    ).fetchall()
    for lang, place in (("en", 2), ("fr", 3)):
        shown = open_page("dictionary", address=f"lang={lang}").evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('[data-variant]')].map(
                (row) => [`${row.closest('article, section').id} ${row.dataset.variant}`,
                          row.querySelector('.when')?.textContent ?? null]))"""
        )
        assert shown == {f"{row[0]} {row[1]}": row[place] for row in rows}


def test_a_formula_is_in_the_language_of_the_reader(open_page, con):
    rows = con.sql(
        "select kpi, variant, formula_en, formula_fr from kpis.kpi_variants "
        "where kpi in (select kpi from kpis.kpi_catalog)"
    ).fetchall()
    for lang, place in (("en", 2), ("fr", 3)):
        opened = open_page("dictionary", address=f"lang={lang}")
        shown = opened.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('[data-variant]')].map(
                (row) => [`${row.closest('article, section').id} ${row.dataset.variant}`,
                          row.querySelector('.formula').firstChild.textContent]))"""
        )
        assert shown == {f"{row[0]} {row[1]}": row[place] for row in rows}
        assert opened.locator("article [lang]").count() == 0
    # In either language, whatever the page is in.
    for words in ("médiane du nombre de jours", "days from first interaction to signature"):
        opened.fill("#control-q", words)
        assert opened.evaluate(FOUND) == ["sales_cycle_length"]


@pytest.mark.parametrize("name", ["dictionary", "entities"])
def test_a_page_has_no_barrier(browser, site, name):
    """By the rules of WCAG 2 AA that axe-core judges, in both themes."""
    reader = board_pages.Reader(browser, site / f"{name}.html")
    for theme, rules in (("light", None), ("dark", board_pages.OF_COLOURS)):
        assert reader.page.evaluate("document.documentElement.dataset.theme") == theme
        found = reader.barriers(rules=rules)
        assert found["violated"] == [], theme
        assert "color-contrast" in found["passed"]
        assert rules or {"button-name", "link-name", "html-has-lang"} <= {*found["passed"]}
        reader.page.locator("#control-theme").click()
    reader.close()
    assert reader.faults == []


def test_search_finds_names_of_both_languages(open_page):
    opened = open_page("dictionary", address="lang=fr&theme=light")

    def found(text):
        opened.fill("#control-q", text)
        return opened.evaluate(FOUND)

    assert len(opened.evaluate(FOUND)) == 77
    assert found("taux de closing")[0] == "win_rate"
    assert found("Win rate")[0] == "win_rate"
    # Without accents and capitals, and in any order.
    assert found("cout client acquisition")[0] == found("Coût d’acquisition")[0]
    assert found("leads_per_close")[0] == "lead_to_close"
    assert "mrr" in found("fct_subscription_months")
    assert found("xyzzy") == []
    assert "Aucun indicateur" in opened.text_content("#found")
    opened.click("#control-clear")
    assert len(opened.evaluate(FOUND)) == 77


def test_a_card_says_what_the_view_says(open_page, con):
    """Written anew, for the latest whole quarter and its target."""
    opened = open_page("dictionary", address="win_rate")
    [(value,)] = con.sql(
        """
        select cast(value as double) from kpis.kpi_win_rate
        inner join marts.dim_periods as periods using (period_grain, period_start)
        where variant = 'count' and dimension = 'all' and period_grain = 'quarter'
            and periods.is_latest_whole
        """
    ).fetchall()
    card = opened.locator("#win_rate")
    assert float(card.locator(".now .value").get_attribute("data-value")) == value
    assert card.locator(".now .value").text_content() == f"{100 * value:.1f}%"
    assert card.locator(".now [data-target]").text_content() == "target 30.0%"
    assert card.locator("tr[data-variant]").count() == 3
    # The anchor brings the reader to the card.
    assert 0 <= card.bounding_box()["y"] < 200
    card.locator("summary").click()
    names = card.locator(".part").evaluate_all("(parts) => parts.map((each) => each.dataset.name)")
    assert {"kpi_win_rate", "agg_deals", "fct_deals", "input_deals"} <= set(names)
    assert card.locator(".edges path").count() > 3


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_screen(open_page, name, width):
    opened = open_page(name, width=width, address="lang=fr&theme=dark")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.evaluate("document.documentElement.lang") == "fr"


def test_french_days_and_lists_are_written_as_the_french_do(open_page):
    """The first of a month is an ordinal, and no article is left out before names of tables."""
    opened = open_page("dictionary", width=390, address="lang=fr")
    text = opened.text_content("#kpis")
    assert "à partir du 1er janvier 2025" in text
    months = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc"
    assert re.findall(rf"(?<![\d\s])\s1 (?:{months})", text) == []
    assert "a besoin de\u00a0: invoices, subscriptions" in text
    assert "a besoin de\u00a0: contacts, campaign_spend ou expense_ledger" in text
    assert " or " not in text
    # The mark of the default variant stands on one line, however narrow the page.
    lines = opened.locator(".chip").evaluate_all(
        "(chips) => chips.map((each) => each.getClientRects().length)"
    )
    assert len(lines) > 40
    assert set(lines) == {1}


def test_the_start_page_leads_to_what_is_there(open_page, site):
    opened = open_page("index")
    links = opened.eval_on_selector_all(
        "a[data-page]", "(links) => links.map((each) => each.getAttribute('href').split('#')[0])"
    )
    assert set(links) == {"dictionary.html", "entities.html", "lineage.svg"}
    assert all((site / link).exists() for link in links)
    # Boards are not written in this folder: the page says how.
    assert "run make boards" in opened.text_content(".of-manager")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_strict_policy(site, name):
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="(?!data:)', text)
    assert not re.search(r"<[a-z]+[^>]* style=", text)


# -- the data model --------------------------------------------------------------------------------


def test_entities_refer_to_rows_that_are_there(con, manifest):
    found = {each["name"]: each for each in entities.of_entities(con, manifest)["entities"]}
    assert {"dim_contacts", "dim_companies", "fct_deals", "fct_invoices"} <= set(found)
    assert found["fct_deals"]["key"] == ["deal_id"]
    assert {tuple(each["columns"]): each["to"] for each in found["fct_deals"]["refers"]} == {
        ("company_id",): "dim_companies",
        ("contact_id",): "dim_contacts",
        ("owner_id",): "dim_owners",
        ("pipeline_id", "stage_id"): "dim_pipeline_stages",
    }
    for name, each in found.items():
        key = ", ".join(each["key"])
        [(count,)] = con.sql(f"select count(distinct ({key})) from marts.{name}").fetchall()
        assert (name, each["row_count"]) == (name, count)
        for reference in each["refers"]:
            if reference["to"] != name:
                assert found[reference["to"]]["depth"] < each["depth"]


# -- what dbt is told ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exposed():
    found = yaml.safe_load((ROOT / "models/exposures.yml").read_text(encoding="utf-8"))
    return {
        each["name"]: {re.fullmatch(r"ref\('(\w+)'\)", ref)[1] for ref in each["depends_on"]}
        for each in found["exposures"]
    }


@pytest.mark.parametrize("board", declaration.read_boards(), ids=lambda board: board.name)
def test_dbt_knows_what_a_board_reads(con, exposed, board):
    """DuckDB itself says which relations the SQL of a board names."""
    read = set()
    for panel in board.panels:
        for sql in (panel.sql, panel.rows.sql if panel.rows else None):
            if sql:
                tree = json.loads(con.execute("select json_serialize_sql(?)", [sql]).fetchone()[0])
                read |= relations(tree)
    missing = read - exposed[f"board_{board.name}"]
    assert missing == set(), f"{board.file}: run scripts/list_boards.py"


def relations(node):
    """Return the published relations in a tree of DuckDB's parser; a macro is of its view."""
    if isinstance(node, list):
        return {name for each in node for name in relations(each)}
    if not isinstance(node, dict):
        return set()
    found = {name for each in node.values() for name in relations(each)}
    if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
        found.add(node["table_name"])
    if node.get("type") == "TABLE_FUNCTION":
        found.add(node["function"]["function_name"].removesuffix("_by"))
    return found


def test_exposures_are_those_that_the_script_writes():
    written = exposures.written(declaration.read_boards())
    assert (ROOT / "models/exposures.yml").read_text(encoding="utf-8") == written, (
        "run scripts/list_boards.py"
    )


def test_a_published_column_that_is_gone_is_told_with_the_name_of_the_board(con, demo_build):
    [board] = [each for each in declaration.read_boards() if each.name == "sales"]
    [panel] = [each for each in board.panels if each.id == "win_rate"]
    with duckdb.connect() as other:
        other.execute(f"attach '{demo_build.published_path}' as published (read_only)")
        other.execute("create schema kpis")
        other.execute(
            "create view kpis.kpi_win_rate as "
            "select * rename (value as rate) from published.kpis.kpi_win_rate"
        )
        told = r"sales.yml, panel win_rate: the SQL fails: .*value"
        with pytest.raises(declaration.BoardError, match=told):
            figures.of_panel(other, board, panel, figures.of_periods(con))


def test_a_kpi_belongs_to_the_group_of_its_team(con, manifest):
    teams = dict(con.sql("select kpi, team from kpis.kpi_catalog").fetchall())
    groups = {
        node["name"].removeprefix("kpi_"): node["group"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "kpis"
        and node["name"].startswith("kpi_")
    }
    assert groups == {kpi: teams[kpi] for kpi in groups}
    without = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and not node["group"]
    ]
    assert without == []


def test_macros_are_described_by_the_comments_above_them():
    assert [name for name, said in list_macros.described().items() if not said] == []
    assert list_macros.FILE.read_text(encoding="utf-8") == list_macros.written(), (
        "run scripts/list_macros.py"
    )


def test_dbt_has_words_for_every_macro_every_source_and_every_column(manifest):
    """Macros, generic tests, materializations; and tables and columns that connectors read."""
    macros = [
        name
        for name, macro in manifest["macros"].items()
        if macro["package_name"] == "revops" and not macro["description"]
    ]
    assert macros == []
    # Those of connectors that are not active too.
    columns = {
        f"{path.stem}: {table['name']}.{column['name']}": column.get("description")
        for path in sorted((ROOT / "models/connectors").rglob("*__sources.yml"))
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        for table in source["tables"]
        for column in [
            {"name": "(table)", "description": table.get("description")},
            *table["columns"],
        ]
    }
    assert len(columns) > 650
    assert [name for name, said in columns.items() if not said] == []


def test_a_column_of_a_source_has_the_words_of_the_contract_that_it_becomes(manifest):
    """A connector that only renames a column says of it what the input says."""
    renamed = 0
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or node["fqn"][1] != "connectors":
            continue
        read = [name for name in node["depends_on"]["nodes"] if name in manifest["sources"]]
        if len(read) != 1 or node["fqn"][2] != "demo":  # other files may say more of their columns
            continue
        source = manifest["sources"][read[0]]
        said = manifest["nodes"][f"model.revops.input_{node['name'].split('__')[1]}"]["columns"]
        for line in re.findall(r"(?m)^    (\w+(?: as \w+)?),?$", node["raw_code"]):
            column, _, name = line.partition(" as ")
            if column == "end":  # of a case
                continue
            wanted = said[name or column]["description"]
            at = f"{source['name']}.{column}"
            assert source["columns"][column]["description"] == wanted, at
            renamed += 1
    assert renamed > 150


def test_the_command_says_what_is_missing(tmp_path, demo_build):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/make_docs.py", "--site", tmp_path / "site",
         "--manifest", tmp_path / "manifest.json"],
        capture_output=True,
        text=True,
        check=False,
        env={"REVOPS_PUBLISHED_PATH": str(demo_build.published_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "manifest.json is not there: `make docs` has dbt write it." in done.stderr


def test_the_same_files_give_the_same_pages(site, demo_build, tmp_path):
    target = demo_build.target_path / "manifest.json"
    make_docs.make(demo_build.published_path, target, tmp_path)
    for name in PAGES:
        assert (tmp_path / f"{name}.html").read_bytes() == (site / f"{name}.html").read_bytes()
    shutil.rmtree(tmp_path)
