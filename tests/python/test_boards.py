"""The boards: a page asks nothing of anybody, and says what the views say, whatever is chosen.

`board_pages` knows what a board must show, without any code of the page. Most tests look at the
pages in a Chromium without a window: `sh scripts/install_browser.sh` installs one.
"""

import base64
import gzip
import hashlib
import html.parser
import json
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

import board_pages
import duckdb
import pytest
import yaml
from board_pages import Expected, Reader, content_of, plain, same, short

from boards import behind, declaration, figures, page
from boards.patterns import PatternError, facts_of
from scripts import make_boards

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "boards" / "shell"
NAMES = ("executive", "marketing", "sales", "customer_success", "finance")
BOARDS = {board.name: board for board in declaration.read_boards()}


def wait_until(page_, condition):
    """Wait until a condition holds; a page of a strict policy evaluates no text by itself."""
    for _ in range(400):
        if page_.evaluate(condition):
            return
        page_.wait_for_timeout(50)
    raise AssertionError(f"it never became true: {condition}")


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def site(demo_build, tmp_path_factory):
    """A folder with the pages of all boards, as `make boards` writes it."""
    folder = tmp_path_factory.mktemp("site")
    make_boards.make(demo_build.published_path, folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            started = board_pages.start(playwright)
        except RuntimeError as error:
            pytest.fail(str(error))
        yield started
        started.close()


@pytest.fixture
def open_page(browser, site):
    """A function that opens a board; its pages are closed and must have had no fault."""
    opened = []

    def open_(name, path=None, **options):
        reader = Reader(browser, path or site / f"{name}.html", **options)
        opened.append(reader)
        return reader

    yield open_
    for reader in opened:
        reader.close()


# -- declarations ----------------------------------------------------------------------------------

TINY = {
    "board": "tiny",
    "title": {"en": "Tiny", "fr": "Petit"},
    "question": {"en": "How many?", "fr": "Combien\u00a0?"},
    "panels": [
        {
            "id": "leads",
            "type": "bars",
            "unit": "count",
            "name": {"en": "Leads", "fr": "Leads"},
            "title": {"en": "{best_label}: {best}", "fr": "{best_label}\u00a0: {best}"},
            "sql": "select 'a' as category, 1 as value",
        }
    ],
}


def declared(tmp_path, panel=None, **changes):
    """Write the tiny board with other keys, of itself or of its panel, and return its file."""
    board = json.loads(json.dumps(TINY)) | changes
    board["panels"][0] |= panel or {}
    path = tmp_path / "tiny.yml"
    path.write_text(yaml.safe_dump(board, allow_unicode=True))
    return path


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (
            {"type": "pie"},
            r"tiny.yml, panel leads: panel type 'pie' is none of alerts, bars, cohorts",
        ),
        ({"unit": "euros"}, r"panel leads: unit 'euros' is none of amount, "),
        ({"width": 13}, r"panel leads: width 13 is none of "),
        ({"tittle": {}}, r"panel leads: 'tittle' is no key here; there are "),
        ({"sql": None}, r"panel leads: 'sql' is missing"),
        ({"title": {"en": "Leads"}}, r"panel leads, title: 'fr' is missing"),
        (
            {"title": {"en": "{bst}", "fr": "x"}},
            r"title.en: 'bst' is no fact of bars; it has best,",
        ),
        ({"title": {"en": "{best", "fr": "x"}}, r"title.en: no closing brace behind 'best'"),
        ({"controls": {"cut": "all"}}, r"panel leads: control cut: all is none of cut: pick, "),
        (
            {"controls": {"cut": "split"}},
            r"panel leads: `cut: split` and the dimension `split:` need",
        ),
        ({"periods": 3}, r"panel leads: 'periods' is no key here"),
        ({"rows": {"sql": "select 1"}}, r"panel leads, rows: 'columns' is missing"),
        ({"figures": [{"variant": "count"}]}, r"panel leads, figures: 'kpi' is missing"),
        ({"figures": [{"kpi": "leads", "part": "top"}]}, r"figures: part 'top' is none of denomi"),
        ({"figures": [{"kpi": "leads", "period": "next"}]}, r"period 'next' is none of all, prev"),
        (
            {"figures": [{"kpi": "leads", "where": {"stage": "a"}}]},
            r"where: 'stage' is no key here",
        ),
        ({"figures": [{"kpi": "leads", "measure": "mqls"}]}, r"measure 'mqls' is no agg_"),
        (
            {
                "figures": [{"kpi": "leads"}],
                "rows": {
                    "sql": "select 1 as a",
                    "columns": [{"name": "a", "label": {"en": "a", "fr": "b"}}],
                },
            },
            r"panel leads: `rows` and `figures` both say what is behind a mark",
        ),
        (
            {
                "rows": {
                    "sql": "select 1 as a",
                    "columns": [
                        {"name": "a", "label": {"en": "a", "fr": "b"}, "figures": [{"kpi": "mrr"}]}
                    ],
                },
            },
            r"panel leads, rows, columns: 'figures' is no key here",
        ),
    ],
)
def test_a_wrong_declaration_is_refused_in_words(tmp_path, panel, message):
    with pytest.raises(declaration.BoardError, match=message):
        declaration.read_board(declared(tmp_path, panel))


# The tiny panel as a table, whose cells are figures of a KPI.
TABLE = {
    "type": "table",
    "unit": None,
    "title": None,
    "columns": [{"name": "value", "label": {"en": "Value", "fr": "Valeur"}, "unit": "count"}],
}


def table_of(*figures, **changes):
    """Return the tiny panel as a table whose only column has these figures."""
    columns = [TABLE["columns"][0] | {"figures": list(figures)}]
    return {key: value for key, value in (TABLE | {"columns": columns} | changes).items() if value}


def declared_table(tmp_path, panel):
    """Write the tiny board with a table in place of its panel, and return its file."""
    board = json.loads(json.dumps(TINY))
    board["panels"][0] = {"id": "leads", "name": {"en": "Leads", "fr": "Leads"}} | panel
    path = tmp_path / "tiny.yml"
    path.write_text(yaml.safe_dump(board, allow_unicode=True))
    return path


ONE_ROW = "select 'a' as category, 1 as value"


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (
            table_of({"variant": "count"}, sql=ONE_ROW),
            r"tiny.yml, panel leads, column value, figures: 'kpi' is missing",
        ),
        (
            table_of({"kpi": "leads", "period": "next"}, sql=ONE_ROW),
            r"panel leads, column value, figures: period 'next' is none of all, previous",
        ),
        (
            table_of({"kpi": "leads"}, sql=ONE_ROW, figures=[{"kpi": "leads"}]),
            r"panel leads: the cells of a table open by `figures` of its columns",
        ),
    ],
)
def test_wrong_figures_of_a_column_are_refused_in_words(tmp_path, panel, message):
    with pytest.raises(declaration.BoardError, match=message):
        declaration.read_board(declared_table(tmp_path, panel))


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ({"kpi": "leeds"}, r"panel leads, column value, figures: there is no KPI 'leeds'"),
        ({"kpi": "leads", "variant": "odd"}, r"tiny.yml, figures: leads has no variant 'odd'"),
        (
            {"kpi": "leads", "where": {"team": "{team}"}},
            r"panel leads, column value, figures: the SQL gives no column 'team'",
        ),
        (
            {"kpi": "leads", "measure": "agg_deals.odd"},
            r"panel leads, column value, figures: there is no agg_deals.odd",
        ),
    ],
)
def test_figures_of_a_column_that_are_not_there_are_refused_in_words(
    tmp_path, con, figure, message
):
    board = declaration.read_board(declared_table(tmp_path, table_of(figure, sql=ONE_ROW)))
    with pytest.raises(declaration.BoardError, match=message):
        behind.find(con, board, figures.of_board(con, board)["panels"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grain": "day"}, r"tiny.yml: grain 'day' is none of month, quarter, year"),
        ({"board": "other"}, r"tiny.yml: `board` is 'other', and the file is 'tiny'"),
        ({"colour": "red"}, r"tiny.yml: 'colour' is no key here"),
        ({"panels": []}, r"tiny.yml: 'panels' is missing|no list of panels"),
    ],
)
def test_a_wrong_board_is_refused_in_words(tmp_path, changes, message):
    with pytest.raises(declaration.BoardError, match=message):
        declaration.read_board(
            declared(tmp_path, **changes) if "panels" not in changes else _without_panels(tmp_path)
        )


def _without_panels(tmp_path):
    path = tmp_path / "tiny.yml"
    path.write_text(yaml.safe_dump(TINY | {"panels": []}))
    return path


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    path = tmp_path / "tiny.yml"
    path.write_text("board: tiny\ntitle: {en: a, fr: [}\n")
    with pytest.raises(declaration.BoardError, match=r"tiny.yml: this is no YAML \(line 2\)"):
        declaration.read_board(path)


def test_a_panel_needs_an_id_of_its_own(tmp_path):
    path = tmp_path / "tiny.yml"
    path.write_text(yaml.safe_dump(TINY | {"panels": TINY["panels"] * 2}))
    with pytest.raises(declaration.BoardError, match=r"tiny.yml: two panels have the id 'leads'"):
        declaration.read_board(path)


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ({"sql": "select 1 as value from nowhere"}, r"panel leads: the SQL fails: .*nowhere"),
        (
            {"sql": "select 1 as value"},
            r"panel leads: the SQL gives no column 'category'; it gives",
        ),
        (
            {"sql": "select 'a' as category, 1 as value, 2 as valeu"},
            r"panel leads: bars reads no column 'valeu'; it reads ",
        ),
        ({"controls": {"grain": "pick"}}, r"panel leads: the SQL gives no column 'period_grain'"),
        (
            {"sql": "select 'a' as category, 1 as value, 'month' as period_grain"},
            r"panel leads: the SQL gives period_grain, and `controls` has no grain",
        ),
        (
            {
                "rows": {
                    "sql": "select 1 as one",
                    "columns": [{"name": "deal", "label": {"en": "a", "fr": "b"}}],
                }
            },
            r"panel leads, rows: the SQL gives no column 'deal'; it gives one",
        ),
        (
            {
                "rows": {
                    "sql": "select 1 as deal, 'month' as period_grain",
                    "columns": [{"name": "deal", "label": {"en": "a", "fr": "b"}}],
                },
                "controls": {"grain": "pick", "cut": "pick"},
                "sql": "select 'a' as category, 1 as value, 'month' as period_grain, "
                "'team' as dimension, 'SMB' as segment",
            },
            r"panel leads, rows: the SQL gives no column 'team'; it gives deal, period_grain",
        ),
    ],
)
def test_sql_that_does_not_fit_is_refused_in_words(tmp_path, con, panel, message):
    board = declaration.read_board(declared(tmp_path, panel, cuts=["team"]))
    with pytest.raises(declaration.BoardError, match=message):
        figures.of_board(con, board)


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ({"kpi": "leeds"}, r"panel leads, figures: there is no KPI 'leeds'"),
        ({"kpi": "{category}"}, r"panel leads, figures: there is no KPI 'a'"),
        ({"kpi": "leads", "variant": "odd"}, r"tiny.yml, figures: leads has no variant 'odd'"),
        ({"kpi": "{series}"}, r"panel leads, figures: the SQL gives no column 'series'"),
        ({"kpi": "leads", "marks": ["b"]}, r"panel leads, figures: there is no mark 'b'"),
        (
            {"kpi": "leads", "measure": "agg_deals.odd"},
            r"panel leads, figures: there is no agg_deals.odd",
        ),
    ],
)
def test_figures_that_are_not_there_are_refused_in_words(tmp_path, con, figure, message):
    board = declaration.read_board(declared(tmp_path, {"figures": [figure]}))
    with pytest.raises(declaration.BoardError, match=message):
        behind.find(con, board, figures.of_board(con, board)["panels"])


def test_a_title_may_not_name_a_step_that_the_sql_does_not_give(tmp_path, con):
    panel = {
        "type": "funnel",
        "title": {"en": "{leads} {buyers}", "fr": "x"},
        "sql": "select 'leads' as step, 'a' as label_en, 'b' as label_fr, 1 as step_order, "
        "2 as value",
    }
    board = declaration.read_board(declared(tmp_path, panel))
    with pytest.raises(
        declaration.BoardError, match=r"title.en: 'buyers' is no fact; there are .*leads"
    ):
        figures.of_board(con, board)


def test_two_rows_for_one_mark_are_refused(tmp_path, con):
    """A join that multiplies rows would show one of them, and nobody would know which."""
    sql = "select 'a' as category, 1 as value union all select 'a', 2"
    board = declaration.read_board(declared(tmp_path, {"sql": sql}))
    with pytest.raises(declaration.BoardError, match=r"leads: the SQL gives 2 rows for category a"):
        figures.of_board(con, board)


def test_a_cut_that_no_panel_has_is_refused(tmp_path, con):
    board = declaration.read_board(declared(tmp_path, cuts=["team"]))
    with pytest.raises(declaration.BoardError, match="no panel has rows by the cut 'team'"):
        figures.of_board(con, board)


def test_without_a_published_file_the_command_says_what_to_run(tmp_path):
    with pytest.raises(declaration.BoardError, match="is not there: run `make build` first"):
        figures.connect(tmp_path / "published.duckdb")


def test_patterns_are_read():
    assert facts_of("plain") == set()
    assert facts_of("{a} and {b:abs}, {c#one|more}") == {"a", "b", "c"}
    assert facts_of("{a?up {b}|down {c?x|y|z}|}") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{}", "no name"), ("{a?b|c}", "has 2 words to choose from and needs 3"),
        ("a}", "too many"), ("{a:big}", "no format"), ("{a#b}", "has 1 words"),
        ("{a b}", "no closing brace"),
    ],
)  # fmt: skip
def test_patterns_that_cannot_be_read_are_refused(pattern, message):
    with pytest.raises(PatternError, match=message):
        facts_of(pattern)


def test_all_boards_are_declared():
    assert tuple(BOARDS) == NAMES


def test_every_kind_of_panel_is_on_a_board():
    """The closed list has no type that nobody sees, and so that nobody tests."""
    used = {panel.type for board in BOARDS.values() for panel in board.panels}
    assert used == set(declaration.PANEL_TYPES)


def test_french_words_are_set_as_in_french():
    """Blanks before high signs do not break, and apostrophes are curved."""
    wrong = [
        text
        for path in sorted((ROOT / "boards").glob("*.yml"))
        for text in french_of(yaml.safe_load(path.read_text(encoding="utf-8")))
        if re.search(r"[^\u00a0{}|\w:)]?(?<![\u00a0{|])[ ][;?!%:»]|« |'", text)
    ]
    assert wrong == []


def french_of(node):
    """Return the French texts of a YAML node."""
    if isinstance(node, dict):
        own = [node["fr"]] if isinstance(node.get("fr"), str) else []
        return own + [text for value in node.values() for text in french_of(value)]
    if isinstance(node, list):
        return [text for value in node for text in french_of(value)]
    return []


# -- the bundled library ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "files", "licence"),
    [
        (
            SHELL / "echarts",
            {"echarts.min.js", "LICENSE", "LICENSE-zrender", "LICENSE-d3", "NOTICE"},
            "Apache License",
        ),
        (
            ROOT / "tests/axe",
            {"axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"},
            "Mozilla Public License, version 2.0",
        ),
    ],
    ids=["echarts", "axe"],
)
def test_a_bundled_library_is_the_one_that_was_checked_in(folder, files, licence):
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums}
    assert found == sums
    assert files <= set(sums)
    assert licence in " ".join((folder / "LICENSE").read_text().split())


# -- pages -----------------------------------------------------------------------------------------


class Elements(html.parser.HTMLParser):
    """The files that a page loads, and the texts of its styles and scripts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.loaded, self.texts, self.attributes, self.policy = [], [], set(), None
        self.open = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.attributes |= set(given)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in ("script", "link", "img", "iframe", "object", "embed"):
            self.loaded += [given[name] for name in ("src", "href") if name in given]
        is_code = tag == "style" or (tag == "script" and given.get("type") is None)
        self.open = tag if is_code else None
        if is_code:
            self.texts.append((tag, ""))

    def handle_data(self, data):
        if self.open:
            tag, text = self.texts[-1]
            self.texts[-1] = (tag, text + data)

    def handle_endtag(self, tag):
        self.open = None


@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_a_page_is_one_small_file_with_a_strict_policy(site, name):
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    found = Elements(text)
    assert found.loaded == ["data:,"]  # the icon that is none
    assert not {"style", "onclick", "onload", "srcset"} & found.attributes
    allowed = dict(part.split(" ", 1) for part in found.policy.split("; "))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == "'none'"
    assert allowed["img-src"] == "data:"
    for tag, name_of in (("style", "style-src"), ("script", "script-src")):
        sums = [
            "'sha256-" + base64.b64encode(hashlib.sha256(own.encode()).digest()).decode() + "'"
            for of, own in found.texts
            if of == tag
        ]
        assert allowed[name_of] == (" ".join(sums) or "'none'")
    assert len(gzip.compress(text.encode("utf-8"))) < 500_000


def test_the_same_file_gives_the_same_pages(demo_build, site, tmp_path):
    make_boards.make(demo_build.published_path, tmp_path, ["marketing"])
    assert (tmp_path / "marketing.html").read_bytes() == (site / "marketing.html").read_bytes()


def test_text_of_the_company_cannot_end_the_content():
    """A company may be called `</script><script>alert(1)</script>`."""
    board = BOARDS["marketing"]
    evil = "</script><script>alert(1)</script><!--"
    text = page.of_board(board, {"board": "marketing", "evil": evil}, [board])
    assert evil not in text
    assert [tag for tag, _ in Elements(text).texts] == ["style", "script", "script"]


def test_the_command_writes_pages_and_reports_faults(demo_build, tmp_path):
    def run(*arguments, published=demo_build.published_path):
        return subprocess.run(
            [sys.executable, ROOT / "scripts/make_boards.py", "--site", tmp_path, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"REVOPS_PUBLISHED_PATH": str(published), "PATH": "/usr/bin:/bin"},
        )

    done = run("finance")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"finance.html", "index.html"}
    assert re.search(r"finance.html  \d+ kB compressed", done.stdout)
    wrong = run("finances")
    assert (wrong.returncode, wrong.stderr) == (1, "boards/finances.yml is not there.\n")
    missing = run(published=tmp_path / "nothing.duckdb")
    assert missing.returncode == 1
    assert "run `make build` first" in missing.stderr


# -- colours ---------------------------------------------------------------------------------------


def luminance(colour):
    """Return the relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_on_their_ground(theme):
    """WCAG AA: 4.5 for words, 3 for marks and lines of controls, in both themes."""
    css = (SHELL / "board.css").read_text()
    blocks = {
        "light": re.search(r":root \{(.*?)\}", css, re.DOTALL)[1],
        "dark": re.search(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1],
    }
    of = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[theme]))
    words = [
        ("ink", "page"), ("ink", "card"), ("muted", "page"), ("muted", "card"), ("page", "ink"),
        ("muted", "plain-soft"), ("good", "good-soft"), ("watch", "watch-soft"),
        ("bad", "bad-soft"), ("accent", "card"),
        *[("shade-light", f"shade-{step}") for step in range(5)],
        *[("shade-dark", f"shade-{step}") for step in (5, 6)],
    ]  # fmt: skip
    marks = [("accent", "card"), ("up", "card"), ("down", "card"), ("level", "card"),
             ("second", "card"), ("third", "card"), ("fourth", "card")]  # fmt: skip
    weak = {pair: contrast(of[pair[0]], of[pair[1]]) for pair in words}
    assert {pair: round(value, 2) for pair, value in weak.items() if value < 4.5} == {}
    weak = {pair: contrast(of[pair[0]], of[pair[1]]) for pair in marks}
    assert {pair: round(value, 2) for pair, value in weak.items() if value < 3} == {}


# -- in the browser --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("width", "height", "lang", "theme"),
    [(1440, 900, "en", "light"), (390, 844, "fr", "dark")],
    ids=["desk", "phone"],
)
def test_a_board_opens_without_a_fault(open_page, name, width, height, lang, theme):
    reader = open_page(name, width=width, height=height, address=f"lang={lang}&theme={theme}")
    seen = reader.page.evaluate(
        """() => ({
            lang: document.documentElement.lang, theme: document.documentElement.dataset.theme,
            wide: document.documentElement.scrollWidth - innerWidth,
            title: document.title, text: document.body.innerText,
            charts: [...document.querySelectorAll('.chart')].map((each) => [
                each.querySelectorAll('svg').length, each.getAttribute('aria-label'),
                each.tabIndex]),
            boxes: [...document.querySelectorAll('.panel')].map((each) => each.id),
            small: [...document.querySelectorAll('button, select')].filter((each) => {
                const box = each.getBoundingClientRect();
                return box.width && (box.height < 24 || box.width < 24);
            }).length,
        })"""
    )
    assert reader.faults == []
    assert (seen["lang"], seen["theme"], seen["title"]) == (lang, theme, BOARDS[name].title[lang])
    assert seen["wide"] <= 0  # nothing makes the page scroll sideways
    assert seen["boxes"] == [panel.id for panel in BOARDS[name].panels]
    assert all(count == 1 and label and tab == 0 for count, label, tab in seen["charts"])
    assert seen["small"] == 0
    assert not re.search(r"undefined|NaN|\bnull\b|Infinity|\{\w+\}", seen["text"])


@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_a_page_has_no_barrier(open_page, name):
    """By the rules of WCAG 2 AA that axe-core judges, in both themes, and in an open dialogue."""
    reader = open_page(name)
    for theme, rules in (("light", None), ("dark", board_pages.OF_COLOURS)):
        assert reader.page.evaluate("document.documentElement.dataset.theme") == theme
        found = reader.barriers(rules=rules)
        assert found["violated"] == [], theme
        assert "color-contrast" in found["passed"]
        assert rules or {"button-name", "link-name", "html-has-lang"} <= {*found["passed"]}
        if name != "index":
            reader.page.locator("#tiles .opener").first.click()
            assert reader.barriers("#behind", rules)["violated"] == [], theme
            reader.page.keyboard.press("Escape")
        reader.page.locator("#control-theme").click()
    assert reader.faults == []


def differences(tables, drawn, expected, grain, start, cut, lang="en"):
    """Return where a page shows or draws other figures than its panels' SQL gives.

    `tables` and `drawn` are what the page shows for one choice, in both ways.
    """
    found = []
    for panel in expected.board.panels:
        at = f"{panel.id} {grain} {start} {':'.join(cut)}"
        if panel.type == "tiles":
            shown = {kpi: tile["value"] for kpi, tile in drawn[panel.id]["tiles"].items()}
            wanted = tiles_of(panel, expected, grain, start, cut)
            if shown.keys() != wanted.keys():
                found.append(f"{at}: {sorted(shown)} are not {sorted(wanted)}")
            for kpi, value in wanted.items():
                one = [] if shown.get(kpi) is None else [shown[kpi]]
                if not same(one, [] if value is None else [value]):
                    found.append(f"{at}: {kpi} is {shown.get(kpi)} and not {value}")
            continue
        if panel.type == "alerts":
            rows = sorted(expected.rows(panel.id, grain, start, cut), key=lambda row: row["place"])
            wanted = [row[f"message_{lang}"] for row in rows][: panel.options["most"]]
            if tables[panel.id]["list"] != wanted:
                found.append(f"{at}: {tables[panel.id]['list']} is not {wanted}")
            continue
        wanted, marks = wanted_of(panel, expected, grain, start, cut)
        if not same(sorted(tables[panel.id]["cells"]), sorted(map(float, wanted))):
            found.append(f"{at}: {sorted(tables[panel.id]['cells'])} is not {sorted(wanted)}")
        texts = [plain(text) for text in drawn[panel.id]["drawn"]]
        for value in marks:
            word = short(float(value), panel.unit, lang)
            # A step of a waterfall has its sign, and a step of a funnel its share behind it.
            if not any(text.lstrip("+").startswith(word) for text in texts):
                found.append(f"{at}: {word} is not drawn, but {texts}")
    return found


def tiles_of(panel, expected, grain, start, cut):
    """Return the values of the KPIs of the tiles, from the union of all KPIs."""
    [(names,)] = expected.con.sql(
        f"select list(distinct kpi) from {expected.tables[panel.id]}"
    ).fetchall()
    found = {}
    for kpi in names:
        known = expected.con.execute(
            "select count(*) from kpis.kpi_values where kpi = ? and dimension = ?", [kpi, cut[0]]
        ).fetchone()[0]
        rows = expected.con.execute(
            """
            select figures.value
            from kpis.kpi_values as figures
            inner join kpis.kpi_catalog as catalog
                on figures.kpi = catalog.kpi and figures.variant = catalog.default_variant
            where figures.kpi = ? and period_grain = ? and period_start = ?
                and dimension = ? and segment = ?
            """,
            [kpi, grain, start, *(cut if known else ("all", "all"))],
        ).fetchall()
        found[kpi] = rows[0][0] if rows else None
    return found


def wanted_of(panel, expected, grain, start, cut):
    """Return the figures of a panel's table, and those that stand in its drawing."""
    rows = expected.rows(panel.id, grain, start, cut)
    of = panel.options
    if panel.type == "waterfall":
        values = [row["value"] for row in rows if row["value"] is not None]
        return values, [value for value in values if value >= 0]
    if panel.type == "funnel":
        rows.sort(key=lambda row: row["step_order"])
        kept = [row["value"] for row in rows if row["value"] is not None]
        rates = [Decimal(b) / Decimal(a) for a, b in pairwise(kept) if a]
        return kept + rates, kept
    if panel.type == "bars":
        rows = [row for row in rows if row["value"] is not None or row.get("null_reason")]
        rows.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0), row["category"]))
        rows = rows[: of.get("most")]
        shown = [row["value"] for row in rows if row["value"] is not None]
        before = []
        # Where the period has no figure, its reason is shown, and not the past alone.
        if "compare" in of and shown:
            previous = {
                row["category"]: row["value"]
                for row in expected.rows(panel.id, grain, expected.before(grain, start), cut)
            }
            before = [previous.get(row["category"]) for row in rows]
        return shown + [value for value in before if value is not None], shown
    if panel.type == "trend":
        days = sorted({row["period_start"] for row in rows})[-of.get("periods", 12) :]
        rows = [row for row in rows if row["period_start"] in days]
        targets = {row["period_start"]: row.get("target") for row in rows if row.get("target")}
        values = [row["value"] for row in rows if row["value"] is not None]
        # Targets alone are no trend: the reason for what is missing is shown.
        return values and values + list(targets.values()), []
    if panel.type == "forecast":
        rows.sort(key=lambda row: row["period_start"])
        past = [
            row for row in rows if row["actual_amount"] is not None and not row["is_provisional"]
        ]
        coming = rows[len(past) :] if start == expected.latest(grain) else []
        past = [row for row in past if coming or str(row["period_start"]) <= start]
        rows = past[-of["periods"] :] + coming
        names = ("actual_amount", "forecast_amount", "low_amount", "high_amount")
        return [row[name] for row in rows for name in names if row[name] is not None], []
    if panel.type == "drivers":
        factor = 100 if panel.unit == "share" else 1
        rows = [row for row in rows if row["value"] is not None]
        rows.sort(key=lambda row: (-abs(row["value"]), row["category"]))
        rows = rows[: of.get("most", 8)]
        names = ("value", "own_part", "mix_part")
        return [
            factor * row[name] for row in rows for name in names if row.get(name) is not None
        ], []
    if panel.type == "cohorts":
        # Each month, or as many as thirteen columns have room for.
        steps = [
            step for step in (1, 3, 6, 12) if step >= {"month": 1, "quarter": 3, "year": 12}[grain]
        ]
        ages = {row["months_since"] for row in rows}
        step = next(each for each in steps if len([a for a in ages if a % each == 0]) <= 13)
        shown = sorted({row["period_start"] for row in rows if row["value"] is not None})[-16:]
        rows = [
            row for row in rows if row["months_since"] % step == 0 and row["period_start"] in shown
        ]
        return [row["value"] for row in rows if row["value"] is not None], []
    if panel.type == "table":
        by, _, way = of["order"].partition(" ")
        rows.sort(key=lambda row: (row[by] is None, row[by] if way != "desc" else -(row[by] or 0)))
        rows = rows[: of.get("most")]
        names = [each.name for each in of["columns"] if each.unit not in ("text", "date")]
        return [row[name] for row in rows for name in names if row[name] is not None], []
    assert panel.type == "scorecard"
    return [row["value"] for row in rows if row["value"] is not None], []


@pytest.mark.parametrize("name", NAMES)
def test_tiles_judge_as_the_scorecard_does(open_page, con, name):
    """Change, target and status of the latest whole periods: points for shares, else a share."""
    reader = open_page(name)
    for grain in board_pages.GRAINS:
        reader.choose(grain=grain, period=None, cut="all")
        for kpi, tile in reader.read()["tiles"]["tiles"].items():
            [(unit, change, before, target, status, value)] = con.execute(
                "select unit, change::double, previous_value::double, target::double, status, "
                "value::double from kpis.scorecard where kpi = ? and period_grain = ?",
                [kpi, grain],
            ).fetchall()
            at = (kpi, grain)
            is_percent = kpi == "net_revenue_retention"
            if change is not None and unit in ("amount", "count", "days", "months") and before:
                change /= abs(before)
            elif change is not None and (unit == "share" or is_percent):
                change *= 100
            shown = None if tile["change"] is None else float(tile["change"])
            assert shown == (None if change is None else pytest.approx(change, abs=1e-6)), at
            assert tile["status"] == status, at
            shown = None if tile["target"] is None else float(tile["target"])
            assert shown == (None if target is None else pytest.approx(target, abs=1e-6)), at
            if value is not None:
                word = short(value, "percent" if is_percent else unit, "en")
                assert plain(tile["text"]).startswith(word), at


def choices(expected, *, many):
    """Return what a test chooses on a board: grain, period and cut; each control in turn."""
    cuts = expected.segments()
    one_of_each = [next(pair for pair in cuts if pair[0] == cut) for cut in expected.board.cuts]
    found = [(grain, expected.latest(grain), ("all", "all")) for grain in board_pages.GRAINS]
    found += [("quarter", expected.latest("quarter"), cut) for cut in one_of_each]
    found.append(("month", expected.periods("month")[0], one_of_each[0]))
    if many:
        # Every segment, and every period; both together would be the same picks many times over.
        found += [("quarter", expected.latest("quarter"), cut) for cut in cuts]
        found += [
            (grain, start, cuts[place % len(cuts)])
            for grain in board_pages.GRAINS
            for place, start in enumerate(expected.periods(grain))
        ]
    return list(dict.fromkeys(found))


def compared(reader, expected, lang, many):
    found, shown = [], {}
    # All as drawings, then all as tables: nothing is drawn that is not read.
    for as_tables in (False, True):
        for grain, start, cut in choices(expected, many=many):
            named = [grain, start, "all" if cut[0] == "all" else ":".join(cut)]
            reader.choose(grain=grain, period=start, cut=named[2], as_tables=as_tables)
            chosen = reader.page.evaluate(
                "[board.state.grain, board.state.period, board.state.cut]"
            )
            if chosen != named:
                found.append(f"{chosen} was chosen and not {named}")
            shown[grain, start, cut, as_tables] = reader.shown()
    for choice in choices(expected, many=many):
        found += differences(shown[*choice, True], shown[*choice, False], expected, *choice, lang)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_the_views(open_page, con, name):
    """For each control, in English on a desk: no panel shows another figure than its SQL gives."""
    reader = open_page(name)
    assert compared(reader, Expected(con, BOARDS[name]), "en", many=False) == []
    assert reader.faults == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_the_views_for_every_choice(open_page, con, name):
    """All periods of all lengths and all segments, in French on a desk; on a phone each control."""
    expected = Expected(con, BOARDS[name])
    assert compared(open_page(name, address="lang=fr"), expected, "fr", many=True) == []
    phone = open_page(name, width=390, height=844, address="lang=en&theme=dark")
    wrong = compared(phone, expected, "en", many=False)
    # A phone has room for every second cohort month: its tables are looked at on a desk.
    assert [each for each in wrong if not each.startswith("cohorts")] == []


def test_a_changed_figure_is_found(open_page, con, site, tmp_path):
    """The same comparison fails where one figure of the page is another one."""
    content, before, behind = content_of(site / "executive.html")
    for panel, column in (("tiles", "value"), ("win_rate", "value"), ("mrr_bridge", "value")):
        changed = json.loads(json.dumps(content))
        [of] = [each for each in changed["panels"] if each["id"] == panel]
        columns = of["rows"]["columns"]
        place = next(
            place
            for place in range(of["rows"]["count"])
            if text_at(columns["period_grain"], place) == "quarter"
            and text_at(columns["period_start"], place) == "2025-10-01"
            and text_at(columns["segment"], place) in ("all", "SMB")
            and columns[column]["numbers"][place] not in (None, 0)
        )
        columns[column]["numbers"][place] *= 1.01
        path = tmp_path / "changed.html"
        text = json.dumps(changed, ensure_ascii=False).replace("<", "\\u003c")
        path.write_text(before + text + behind, encoding="utf-8")
        reader = open_page("executive", path=path)
        wrong = differences(
            reader.read(as_tables=True),
            reader.read(),
            Expected(con, BOARDS["executive"]),
            *("quarter", "2025-10-01", ("all", "all")),
        )
        assert wrong and all(each.startswith(panel) for each in wrong), (panel, wrong)


def text_at(column, place):
    return column["texts"][column["places"][place]]


def labelled(reader, panel):
    """Return the first two cells of each row of a panel's table: its label and its figure."""
    return {row[0]: row[1] for row in reader.read(as_tables=True)[panel]["rows"]}


def test_the_panels_ask_for_the_right_figures(open_page, con):
    """The SQL of a board is compared with other SQL, by the labels of the marks."""
    reader = open_page("sales")
    reader.choose(grain="quarter", period="2025-10-01", cut="all")
    won, decided = [
        dict(
            con.sql(
                f"select team, {what} from marts.fct_deals where is_closed "
                "and closed_date between '2025-10-01' and '2025-12-31' group by team"
            ).fetchall()
        )
        for what in ("count(*) filter (is_won)", "count(*)")
    ]
    rates = labelled(reader, "win_rate")
    assert rates.keys() == decided.keys()
    assert all(abs(rates[team] - won[team] / decided[team]) < 1e-8 for team in won)
    amounts = con.sql(
        "select stage_name, sum(deal_amount)::double from marts.fct_deals where not is_closed "
        "and team = 'SMB' group by stage_name having sum(deal_amount) != 0"
    ).fetchall()
    reader.choose(cut="team:SMB")
    assert labelled(reader, "pipeline") == pytest.approx(dict(amounts))
    title = reader.read()["pipeline"]["title"]
    best, amount = max(amounts, key=lambda pair: pair[1])
    total = sum(value for _, value in amounts)
    assert plain(title) == (
        f"{short(amount / total, 'share', 'en')} of {short(total, 'amount', 'en')} open pipeline "
        f"is in {best}"
    )


# All parts of the figures of a panel's marks or cells, with the row that each is drawn from.
PARTS = """(ids) => Object.fromEntries(board.content.panels
    .filter((panel) => (panel.figures || panel.type === 'table')
        && (!ids || ids.includes(panel.id)))
    .map((panel) => [panel.id, panel.model.items.map((item) => ({
        label: item.label,
        column: item.column,
        rows: item.rows,
        parts: item.rows.map((row) => board.partsBehind(panel, { ...item, rows: [row] })),
    }))]))"""
# Panels, and columns of tables, whose figures have no rows on any page: made of other figures, or
# of costs.
WITHOUT_ROWS = {
    "executive": set(),
    "marketing": {"roi"},
    "sales": set(),
    "customer_success": set(),
    "finance": {
        "ltv_cac", "costs", "result", "rule_of_40", "unit_economics.clv_annual_revenue_margin",
        "unit_economics.ltv_cac_ratio", "unit_economics.net_customer_value",
        "unit_economics.cac_payback_months",
    },
}  # fmt: skip
# Columns of which one part is made of costs, so that the page can only list the other.
HALF = {"unit_economics.cac_fully_loaded"}


def parts_of(row, parts):
    """Return numerator and denominator of a mark by the rows behind it, or None."""
    start = row.get("period_start")
    of = {part["part"]: part.get("sum") for part in parts if part["start"] == start}
    return (of["numerator"], of.get("denominator")) if of and None not in of.values() else None


def oddest(content, segments):
    """Return the segment in which most records add another part than they do elsewhere.

    A subscription of two plans adds all of its MRR to the whole, and to each plan a part of it.
    """
    counts = Counter()
    for table in content["behind"]["tables"].values():
        if isinstance(table, dict) and table["parts"]:
            columns = table["rows"]["columns"]
            counts.update(
                (text_at(columns["dimension"], at), text_at(columns["segment"], at))
                for at in accumulate(table["parts"]["places"])
            )
    return max(segments, key=lambda each: counts[each])


@pytest.mark.parametrize("name", NAMES)
def test_rows_behind_every_mark_add_up_to_it(open_page, con, site, name):
    """The rows of a part add up to it, and the parts of a mark to the figure that it shows."""
    board = BOARDS[name]
    reader = open_page(name)
    cuts = Expected(con, board).segments()
    content, *_ = content_of(site / f"{name}.html")
    cuts = [":".join(oddest(content, [each for each in cuts if each[0] == cut]))
            for cut in board.cuts]  # fmt: skip
    seen, added = set(), set()
    for grain, chosen in [
        ("quarter", "all"), ("month", cuts[0]), ("year", "all"),
        *[("quarter", cut) for cut in cuts[1:]],
    ]:  # fmt: skip
        reader.choose(grain=grain, period=None, cut=chosen)
        for panel_id, items in reader.page.evaluate(PARTS).items():
            kind = next(panel.type for panel in board.panels if panel.id == panel_id)
            for item in items:
                own = f"{panel_id}.{item['column']}" if kind == "table" else panel_id
                for row, parts in zip(item["rows"], item["parts"], strict=True):
                    at = f"{own} {grain} {chosen} {item['label']}"
                    for part in parts:
                        assert (part["query"] is None) == (part.get("why") is not None), at
                        if part["count"] is not None:
                            assert len(part["rows"]) == min(part["count"], behind.MOST_ROWS), at
                            seen.add(own)
                    # A driver is made of two periods, and is looked at by itself.
                    names = {"forecast": "actual_amount", "table": item.get("column")}
                    value = row[names.get(kind, "value")]
                    found = None if kind == "drivers" else parts_of(row, parts)
                    if kind == "waterfall" and row["step"] == "start" and "mrr" in panel_id:
                        found = (parts[0]["sum"], None)
                    if found and found[0] is not None and value is not None:
                        above, below = found
                        made = above if below is None else above / below if below else None
                        assert made == pytest.approx(value, rel=1e-7, abs=1e-7), at
                        added.add(own)
    columns = {
        f"{panel.id}.{column.name}"
        for panel in board.panels
        for column in panel.options.get("columns", [])
        if column.figures
    }
    declared_ = {panel.id for panel in board.panels if panel.figures} | columns
    assert seen == declared_ - WITHOUT_ROWS[name]
    assert columns & added == columns - WITHOUT_ROWS[name] - HALF


def test_rows_behind_a_driver_are_those_of_both_periods(open_page, con):
    reader = open_page("executive")
    for start, before in (("2025-10-01", "2025-07-01"), ("2025-07-01", "2025-04-01")):
        reader.choose(grain="quarter", period=start, cut="all")
        items = reader.page.evaluate(PARTS, ["drivers"])["drivers"]
        found = {
            (item["label"], part["start"], part["part"]): part["sum"]
            for item in items
            for part in item["parts"][0]
        }
        wanted = {
            (team, day, part): value
            for team, day, *values in con.execute(
                "select segment, period_start::varchar, numerator::double, denominator::double "
                "from kpis.kpi_win_rate where variant = 'count' and period_grain = 'quarter' "
                "and period_start in (?, ?) and dimension = 'team'",
                [start, before],
            ).fetchall()
            for part, value in zip(("numerator", "denominator"), values, strict=True)
        }
        assert found == wanted


def test_rows_behind_a_pipeline_of_two_cuts_add_up_to_it(open_page, con):
    reader = open_page("sales")
    for cut in ("all", "channel:webinar"):
        reader.choose(grain="quarter", period="2025-07-01", cut=cut)
        shown = reader.page.evaluate(
            """() => {
                const panel = board.content.panels.find((each) => each.id === 'pipeline');
                return panel.model.items.map((item) => [item.key.category, board.rowsBehind(
                    panel, item).reduce((sum, row) => sum + (row.deal_amount ?? 0), 0)]);
            }"""
        )
        wanted = con.sql(
            "select segments[1], value::double from kpis.kpi_open_pipeline_by(['stage', "
            "'channel']) where variant = 'unweighted' and value != 0 and segments[2] = "
            "'webinar' and period_grain = 'quarter' and period_start = '2025-07-01'"
            if cut != "all"
            else "select segment, value::double from kpis.kpi_open_pipeline where variant = "
            "'unweighted' and value != 0 and dimension = 'stage' and period_grain = 'quarter' "
            "and period_start = '2025-07-01'"
        ).fetchall()
        assert dict(shown) == pytest.approx(dict(wanted))


def test_rows_behind_the_forecast_of_the_reps_add_up_to_it(open_page, con):
    """Deals that are due in the coming month or quarter; those that are past due are due then."""
    [(day,)] = con.sql("select reporting_date::varchar from kpis.publication").fetchall()
    reader = open_page("sales")
    for grain in ("month", "quarter"):
        [(end,)] = con.execute(
            "select period_end::varchar from marts.dim_periods where is_next and period_grain = ?",
            [grain],
        ).fetchall()
        for cut in ("all", "team:SMB", "channel:webinar"):
            reader.choose(grain=grain, period=None, cut=cut)
            shown = reader.page.evaluate(
                """() => {
                    const panel = board.content.panels.find((each) => each.id === 'categories');
                    return panel.model.items.map((item) => {
                        const rows = board.rowsBehind(panel, item);
                        const sum = rows.reduce((sum, row) => sum + (row.deal_amount ?? 0), 0);
                        return [item.key.category, [item.rows[0].value, sum, rows.length]];
                    });
                }"""
            )
            # The categories are not known by channel: the whole is shown.
            team = cut.removeprefix("team:") if cut.startswith("team:") else None
            counts = con.execute(
                "select case deals.forecast_category when 'closed' then 'commit' "
                "else deals.forecast_category end || '_amount', count(*), "
                "sum(months.deal_amount)::double "
                "from marts.fct_pipeline_months as months "
                "inner join marts.fct_deals as deals using (deal_id) "
                "where months.balance_date = ? and months.expected_close_date <= ? "
                "and (? is null or months.team = ?) group by all",
                [day, end, team, team],
            ).fetchall()
            wanted = {category: (count, amount) for category, count, amount in counts}
            assert {category for category, _ in shown} >= {"closed_amount", "commit_amount"}
            for category, (value, total, count) in shown:
                at = (grain, cut, category)
                of_category = wanted.get(category, (0, 0))
                assert total == pytest.approx(value), at
                assert (count, total) == (of_category[0], pytest.approx(of_category[1])), at
            assert sum(count for _, (_, _, count) in shown) >= 5, (grain, cut)
    reader.choose(grain="month", cut="team:SMB")
    # The mark of the largest category lists its deals, each with its place in the CRM.
    reader.page.locator("#categories .chart").focus()
    for _ in range(4):
        reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    links = reader.page.locator("#behind tbody a")
    assert links.count() == int(reader.page.locator("#behind .counted").get_attribute("data-count"))
    assert re.fullmatch(r"https://app.example.com/deals/\d+", links.first.get_attribute("href"))
    assert reader.faults == []


def test_the_query_of_a_mark_lists_what_the_page_lists(open_page, con):
    """It runs on the published file, and has the very rows: names, days, amounts, addresses."""
    checked = {"held": 0, "larger": 0, "older": 0}
    for name, address, ids in (
        ("executive", "grain=quarter", ["mrr_bridge", "funnel"]),
        ("executive", "grain=quarter&cut=team:SMB", ["win_rate"]),
        ("executive", "grain=year&period=2023-01-01", ["funnel"]),
        ("customer_success", "grain=quarter&period=2025-01-01", ["nps", "churn_reasons"]),
        ("finance", "grain=month&cut=plan:Scale", ["revenue"]),
        ("finance", "grain=quarter", ["unit_economics"]),
        ("sales", "grain=quarter", ["reps"]),
        ("marketing", "grain=quarter", ["campaigns"]),
    ):
        reader = open_page(name, address=f"{address}&lang=en")
        found = reader.page.evaluate(PARTS, ids)
        parts = {part["query"]: part for items in found.values() for item in items[:4] + items[-8:]
                 for of_row in item["parts"] for part in of_row if part["query"]}  # fmt: skip
        assert parts, (name, ids)
        for query, part in parts.items():
            rows = con.execute(
                "select coalesce(record_name, record_id), company_name, owner_name, record_stage, "
                "record_date::varchar, record_amount::double, record_url, part_value::double "
                + query
            ).fetchall()
            if part["count"] is None:
                checked["older"] += 1
                continue
            assert len(rows) == part["count"], query
            assert sum(row[-1] for row in rows) == pytest.approx(part["sum"]), query
            names = ("record", "company", "owner", "stage", "day", "amount", "url", "part")
            listed = [tuple(row[each] for each in names) for row in part["rows"]]
            missing = {plain_row(row) for row in listed} - {plain_row(row) for row in rows}
            assert missing == set(), query
            # Those that add most are listed, the largest first.
            sizes = sorted((abs(row[-1]) for row in rows), reverse=True)[: len(listed)]
            assert [abs(row[-1]) for row in listed] == pytest.approx(sizes), query
            checked["larger" if len(rows) > len(listed) else "held"] += 1
    assert min(checked.values()) >= 5, checked


def plain_row(row):
    """Return a row whose numbers can be compared."""
    return tuple(round(cell, 6) if isinstance(cell, float | int) else cell for cell in row)


def test_a_query_can_name_any_segment(open_page, con):
    """A team may be called `O'Neil's`."""
    reader = open_page("sales")
    query = reader.page.evaluate(
        """() => {
            const panel = board.content.panels.find((each) => each.id === 'win_rate');
            const row = { ...panel.model.items[0].rows[0], segment: "O'Neil's" };
            return board.partsBehind(panel, { rows: [row] })[0].query;
        }"""
    )
    assert query.endswith("'team', 'O''Neil''s')")
    assert con.sql(query).fetchall() == []
    query = reader.page.evaluate(
        """() => {
            const panel = board.content.panels.find((each) => each.id === 'reps');
            const item = panel.model.items[0];
            const row = { ...item.rows[0], owner_name: "(none)", team: "O'Neil's" };
            return board.partsBehind(panel, { ...item, rows: [row] })[0].query;
        }"""
    )
    assert query.endswith("\nwhere owner_name is null and team = 'O''Neil''s'")
    assert con.sql(query).fetchall() == []


def test_no_page_holds_pay(site):
    """Rows of costs have it: the pages give the query, and not the rows."""
    for name in NAMES:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        content, *_ = content_of(site / f"{name}.html")
        assert "payroll:" not in text, name
        assert "cost" not in content["behind"]["records"]["columns"]["type"]["texts"], name
        parts = {part for part in content["behind"]["tables"] if "expenses" in part}
        assert parts == set(), name


def test_a_page_without_room_holds_fewer_periods(con, tmp_path):
    board = BOARDS["customer_success"]
    text = make_boards.page_of(con, board, [board], most_bytes=310_000)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    held = content_of(path)[0]["behind"]["held"]
    assert {grain: len(starts) for grain, starts in held.items()} == behind.LEVELS[1]
    assert len(gzip.compress(text.encode("utf-8"))) <= 310_000
    tiny = declaration.read_board(declared(tmp_path))
    with pytest.raises(declaration.BoardError, match=r"tiny.yml: the page has [\d,]+ bytes"):
        make_boards.page_of(con, tiny, [tiny], most_bytes=1000)


def test_pages_of_the_demo_hold_as_much_as_a_page_may(site):
    for name in NAMES:
        held = content_of(site / f"{name}.html")[0]["behind"]["held"]
        assert {grain: len(starts) for grain, starts in held.items()} == behind.LEVELS[0], name


def test_a_mark_opens_its_rows_by_mouse_and_by_keyboard(open_page, con):
    reader = open_page("executive", address="lang=fr&theme=light")
    page_ = reader.page
    chart = page_.locator("#win_rate .chart")
    chart.focus()
    page_.keyboard.press("ArrowDown")
    said = page_.locator("#said").text_content()
    [(team, rate, won, decided)] = con.sql(
        "select segment, value::double, numerator::bigint, denominator::bigint "
        "from kpis.kpi_win_rate where variant = "
        "'count' and period_grain = 'quarter' and period_start = '2025-10-01' "
        "and dimension = 'team' order by value desc limit 1"
    ).fetchall()
    assert plain(said).startswith(f"{team}: T4 2025 {board_pages.digits(100 * rate, 2, 'fr')} %")
    page_.keyboard.press("Enter")
    assert page_.locator("#behind").get_attribute("open") is not None
    assert page_.locator("#behind h2").text_content() == team
    for part, count in (("numerator", won), ("denominator", decided)):
        section = page_.locator(f'#behind [data-part="{part}"]')
        assert section.get_attribute("data-count") == str(count)
        assert section.locator("tbody tr").count() == count
        assert f"{count} lignes" in plain(section.locator("summary").text_content())
    # The numerator is open; the keyboard opens the denominator.
    table = page_.locator('#behind [data-part="denominator"] table')
    assert (page_.locator("#behind table").first.is_visible(), table.is_visible()) == (True, False)
    page_.locator('#behind [data-part="denominator"] summary').focus()
    page_.keyboard.press("Enter")
    assert table.is_visible()
    link = page_.locator("#behind tbody a").first
    assert re.fullmatch(r"https://app.example.com/deals/\d+", link.get_attribute("href"))
    page_.keyboard.press("Escape")
    assert page_.locator("#behind").get_attribute("open") is None
    assert page_.evaluate("document.activeElement.closest('.panel').id") == "win_rate"
    box = chart.bounding_box()
    page_.mouse.move(box["x"] + box["width"] / 2, box["y"] + 25)
    assert page_.locator("#tip").is_visible()
    page_.mouse.click(box["x"] + box["width"] / 2, box["y"] + 25)
    assert page_.locator("#behind h2").text_content() == team
    assert reader.faults == []


def test_tiles_cells_and_lines_open_by_keyboard(open_page, con):
    reader = open_page("executive", address="lang=en&theme=light")
    page_ = reader.page

    def opened(part="numerator"):
        section = page_.locator(f'#behind [data-part="{part}"]').first
        found = (section.get_attribute("data-count"), section.get_attribute("data-sum"))
        page_.keyboard.press("Escape")
        return tuple(map(float, found)), page_.evaluate("document.activeElement.textContent")

    page_.locator('[data-kpi="mrr"] button').first.focus()
    page_.keyboard.press("Enter")
    [(mrr,)] = con.sql(
        "select value::double from kpis.kpi_mrr where variant = 'standard' and dimension = 'all' "
        "and period_grain = 'quarter' and period_start = '2025-10-01'"
    ).fetchall()
    (_, total), focused = opened()
    assert (total, focused) == (pytest.approx(mrr), "Monthly recurring revenue (MRR)")
    # One cell of the cohorts is in the order of the page; arrows go on from there.
    cells = page_.locator("#cohorts td[tabindex='0']")
    assert cells.count() == 1
    cells.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page_.keyboard.press(key)
    page_.keyboard.press("Enter")
    [(kept, size)] = con.sql(
        "select numerator::double, denominator::double from kpis.kpi_cohort_retention "
        "where variant = 'customers' and dimension = 'months_since' and segment = '3' "
        "and period_grain = 'quarter' and period_start = '2023-04-01'"
    ).fetchall()
    assert page_.locator("#behind h2").text_content() == "Q2 2023 · 3"
    text = page_.locator("#behind").text_content()
    assert "This page holds the rows of the latest periods." in text
    assert "'quarter', date '2023-04-01', 'months_since', '3')" in text
    page_.keyboard.press("Escape")
    assert page_.evaluate("document.activeElement.tagName") == "TD"
    assert (kept, size) == (12, 12)
    # A KPI of the scorecard gives its query, or says why it has none.
    page_.locator('#scorecard [data-kpi="sales_velocity"] button').click()
    assert "It is computed from several figures" in page_.locator("#behind").text_content()
    assert reader.faults == []


def test_cells_of_a_table_open_by_mouse_and_by_keyboard(open_page, con):
    reader = open_page("sales", address="lang=en&theme=light&grain=quarter&period=2025-10-01")
    page_ = reader.page
    rows = con.sql(
        "select owner_name, team, start_amount::double, created_count, created_amount::double "
        "from kpis.pipeline_review where period_grain = 'quarter' and period_start = '2025-10-01' "
        "order by end_amount desc limit 2"
    ).fetchall()
    # One cell is in the order of the page; arrow keys go on from there, and stay at the edges.
    cells = page_.locator("#reps td[tabindex='0']")
    assert cells.count() == 1
    cells.focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft"):
        page_.keyboard.press(key)
    owner, team, _, count, created = rows[1]
    named = page_.evaluate("document.activeElement.getAttribute('aria-label')")
    assert plain(named) == f"{owner} · Created: {short(created, 'amount', 'en')}"
    page_.keyboard.press("Enter")
    assert page_.locator("#behind h2").text_content() == f"{owner} · Created"
    section = page_.locator("#behind .part")
    assert int(section.get_attribute("data-count")) == count
    assert float(section.get_attribute("data-sum")) == pytest.approx(created)
    assert page_.locator("#behind code").text_content() == (
        "from kpis.rows_of_pipeline_movements('all_open_as_seen', 'numerator', 'quarter', "
        "date '2025-10-01', 'movement', 'created')\n"
        f"where owner_name = '{owner}' and team = '{team}'"
    )
    page_.keyboard.press("Escape")
    assert page_.evaluate("document.activeElement.getAttribute('aria-label')") == named
    assert page_.locator("#reps td[tabindex='0']").count() == 1
    # A click opens too; what is no figure of a KPI does not, and says so by its look.
    first = page_.locator("#reps tbody tr").first.locator("td")
    first.nth(1).click()
    assert float(page_.locator("#behind .part").get_attribute("data-sum")) == pytest.approx(
        rows[0][2]
    )
    page_.keyboard.press("Escape")
    for place in (0, 6):
        assert first.nth(place).get_attribute("tabindex") is None
        first.nth(place).click()
        assert page_.locator("#behind").get_attribute("open") is None
    assert "Choose an underlined figure" in page_.locator("#reps .notes").text_content()
    assert reader.faults == []


def test_arrow_keys_pass_over_cells_that_do_not_open(open_page):
    """A channel without costs has no CAC, and no cell of it: the keys go on behind the gap."""
    reader = open_page("finance", address="lang=fr&theme=dark&grain=quarter")
    gap = reader.page.evaluate(
        """() => {
            for (const row of document.querySelectorAll('#unit_economics tbody tr')) {
                const opens = [...row.cells].map((cell) => cell.hasAttribute('tabindex'));
                const gap = opens.indexOf(false, opens.indexOf(true));
                const [from, to] = [gap - 1, opens.indexOf(true, gap)];
                if (from >= 0 && to > gap) {
                    row.cells[from].focus();
                    return [row.cells[from].ariaLabel, row.cells[to].ariaLabel];
                }
            }
        }"""
    )
    assert gap, "no row has a gap"
    reader.page.keyboard.press("ArrowRight")
    assert reader.page.evaluate("document.activeElement.ariaLabel") == gap[1]
    reader.page.keyboard.press("ArrowLeft")
    assert reader.page.evaluate("document.activeElement.ariaLabel") == gap[0]
    assert reader.faults == []


def test_a_campaign_opens_the_rows_of_all_its_time(open_page, con):
    reader = open_page("marketing", address="lang=fr&theme=light")
    page_ = reader.page
    [(name, leads, amount)] = con.sql(
        "select campaign_name, lead_count, first_touch_won_amount::double "
        "from kpis.campaign_results order by first_touch_won_amount desc limit 1"
    ).fetchall()
    page_.locator("#campaigns tbody td[tabindex]").first.click()
    assert page_.locator("#behind h2").text_content() == f"{name} · Leads"
    part = page_.locator("#behind .part")
    assert int(part.get_attribute("data-count")) == leads > behind.MOST_ROWS
    assert page_.locator("#behind tbody tr").count() == behind.MOST_ROWS
    assert f"{leads - behind.MOST_ROWS} autres" in page_.locator("#behind .how").text_content()
    page_.keyboard.press("Escape")
    page_.locator("#campaigns tbody td[tabindex]").nth(3).click()
    assert float(part.get_attribute("data-sum")) == pytest.approx(amount)
    assert page_.locator("#behind code").text_content() == (
        "from kpis.rows_of_bookings('amount', 'numerator', 'year', null, 'all', 'all')\n"
        "semi join aggregates.agg_deal_credits_rows('first_touch_amount', 'year', null, "
        f"'campaign', '{name}') using (period_start, record_id)"
    )
    assert reader.faults == []


def test_renewals_lead_to_their_companies(open_page, con):
    reader = open_page("customer_success", address="lang=en")
    links = reader.page.locator("#renewals tbody th a")
    found = {link.text_content(): link.get_attribute("href") for link in links.all()}
    wanted = con.sql(
        "select company_name, companies.record_url from kpis.renewals "
        "inner join marts.dim_companies as companies using (company_name) "
        "where mrr_at_risk_amount > 0"
    ).fetchall()
    assert len(found) == reader.page.locator("#renewals tbody tr").count() > 5
    assert set(found.items()) <= set(wanted)
    reader.page.locator("#signs .chart").focus()
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    link = reader.page.locator("#behind tbody a").first
    assert (link.text_content(), link.get_attribute("href")) in wanted
    assert reader.faults == []


def test_a_query_is_copied(open_page):
    reader = open_page("finance", address="lang=fr&theme=light")
    page_ = reader.page
    page_.locator("#costs .chart").focus()
    page_.keyboard.press("ArrowDown")
    page_.keyboard.press("Enter")
    assert "aucune page ne les liste" in page_.locator("#behind").text_content()
    query = page_.locator("#behind code").text_content()
    assert query == (
        "from kpis.rows_of_operating_expenses('standard', 'numerator', 'quarter', "
        "date '2025-10-01', 'category', 'salaries')"
    )
    page_.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {"
        "writeText: async (text) => { window.copied = text; }}})"
    )
    page_.locator("#behind .query button").click()
    wait_until(page_, "Boolean(window.copied)")
    assert page_.evaluate("window.copied") == query
    assert page_.locator("#behind .query button").text_content() == "Copié"
    # Where a page may not write to the clipboard, the text is at least selected.
    page_.evaluate("delete navigator.clipboard.writeText")
    page_.locator("#behind .query button").click()
    wait_until(page_, "String(getSelection()).startsWith('from kpis')")
    assert reader.faults == []


def test_the_address_keeps_what_is_chosen(open_page, site):
    reader = open_page("finance")
    reader.page.locator("#control-grain-month").click()
    reader.page.locator("#control-period").select_option("2025-06-01")
    reader.page.locator("#control-cut").select_option("channel:webinar")
    reader.page.locator("#control-lang").click()
    reader.page.locator("#control-theme").click()
    address = reader.page.url.split("#")[1]
    again = open_page("finance", address=address)
    assert again.page.evaluate("board.state") == {
        "grain": "month", "period": "2025-06-01", "cut": "channel:webinar", "lang": "fr",
        "theme": "dark",
    }  # fmt: skip
    assert "juin 2025" in again.page.locator("#mrr_bridge .subtitle").text_content()
    # An address of another day may name choices that are not here: they are left aside.
    odd = open_page("finance", address="grain=day&period=1999-01-01&cut=team:Nobody&lang=xx")
    assert odd.page.evaluate("[board.state.grain, board.state.cut]") == ["month", "all"]
    assert reader.faults + again.faults + odd.faults == []


def test_a_panel_says_what_does_not_touch_it(open_page):
    reader = open_page("executive", address="lang=en&cut=country:FR")
    shown = reader.read()
    assert "Not changed by: cut." in shown["cohorts"]["notes"]
    assert "Not changed by: period, cut." in shown["scorecard"]["notes"]
    assert "Not known by country: the total is shown." in shown["forecast"]["notes"]
    assert "total, not by country" in shown["tiles"]["tiles"]["customer_acquisition_cost"]["whole"]
    assert "total, not by" not in shown["tiles"]["tiles"]["mrr"]["whole"]
    reader.choose(grain="year")
    assert "Not known by year." in reader.read()["forecast"]["notes"]


def test_what_happened_in_a_part_stands_below_its_chart(open_page, con):
    told = con.sql(
        "select distinct period_start::varchar, segment, annotations_en, annotations_fr "
        "from kpis.kpi_drivers where kpi = 'win_rate' and is_default and period_grain = 'quarter' "
        "and comparison = 'previous_period' and dimension = 'team' "
        "and annotations_en is not null and period_start >= '2024-01-01'"
    ).fetchall()
    assert len(told) >= 3
    for start, team, english, french in told:
        address = f"grain=quarter&period={start}&cut=all"
        for lang, said in (("en", f"{team}: {english}."), ("fr", f"{team}\u00a0: {french}.")):
            reader = open_page("executive", address=f"{address}&lang={lang}")
            assert plain(said) in plain(reader.read()["drivers"]["notes"])
    quiet = open_page("executive", address="grain=quarter&period=2025-10-01&cut=all&lang=en")
    assert "(20" not in quiet.read()["drivers"]["notes"]


def test_a_null_has_its_reason_and_a_provisional_figure_its_hatch(open_page, con):
    reader = open_page("executive", address="lang=fr&grain=month&period=2023-01-01")
    tile = reader.read()["tiles"]["tiles"]["ltv_cac_ratio"]
    [(reason,)] = con.sql(
        "select null_reason from kpis.kpi_ltv_cac_ratio where variant = "
        "'annual_revenue_margin__fully_loaded' and period_grain = 'month' "
        "and period_start = '2023-01-01' and dimension = 'all'"
    ).fetchall()
    words = yaml.safe_load((ROOT / "boards/words.yml").read_text(encoding="utf-8"))
    assert tile["value"] is None
    assert words["null_reasons"][reason]["fr"] in tile["whole"]
    marketing = open_page("marketing", address="lang=en")
    shown = marketing.read()["tiles"]
    assert shown["tiles"]["lead_to_mql_rate"]["isProvisional"] is True
    assert shown["tiles"]["leads"]["isProvisional"] is False
    assert "Hatched: provisional" in shown["notes"]


def test_every_reason_status_and_perspective_has_words(con):
    words = yaml.safe_load((ROOT / "boards/words.yml").read_text(encoding="utf-8"))
    for query, group in (
        ("select distinct null_reason from kpis.kpi_values", "null_reasons"),
        ("select distinct status from kpis.kpi_judgements", "statuses"),
        ("select distinct scorecard_perspective from kpis.kpi_catalog", "perspectives"),
        ("select distinct kind from kpis.alerts", "alert_kinds"),
    ):
        found = {name for (name,) in con.sql(query).fetchall() if name is not None}
        assert found <= words[group].keys(), group


def test_every_word_of_the_shell_is_used():
    """By its own name, or with all words of its group: `words.group[name]`."""
    code = "".join(path.read_text(encoding="utf-8") for path in SHELL.glob("*.js"))
    python = (ROOT / "boards/page.py").read_text(encoding="utf-8")
    words = yaml.safe_load((ROOT / "boards/words.yml").read_text(encoding="utf-8"))
    unused = {
        f"{group}.{name}"
        for group, names in words.items()
        for name in names
        if not re.search(rf"words\.{group}(\[|\.{name}\b)", code)
        and f'words()["{group}"]' not in python
    }
    assert unused == set()


def test_titles_choose_their_verb_by_the_sign(open_page):
    """MRR grew in one period and fell in another: never "grew by -5 %"."""
    reader = open_page("executive")
    written = reader.page.evaluate(
        """() => {
            const pattern = '{change?grew by {change:abs}|fell by {change:abs}|did not move}; '
                + '{count} {count#deal|deals}';
            const facts = (change, count) => ({
                change: { value: change, unit: 'share' }, count: { value: count, unit: 'count' } });
            const inEnglish = [[0.1, 2], [-0.1, 1], [0.00001, 0], [0, 21]].map(
                ([change, count]) => board.titled(pattern, facts(change, count)));
            board.state.lang = 'fr';
            return [...inEnglish, board.titled(pattern, facts(-0.1, 0))];
        }"""
    )
    assert [plain(text) for text in written] == [
        "grew by 10.0%; 2 deals",
        "fell by 10.0%; 1 deal",
        "grew by 0.00%; 0 deals",
        "did not move; 21 deals",
        "fell by 10,0 %; 0 deal",
    ]


def test_a_year_may_begin_in_another_month(open_page, site, tmp_path):
    """Then a quarter is called by its first day, as the alerts call it."""
    content, before, behind = content_of(site / "finance.html")
    content["publication"]["first_month"] = 4
    path = tmp_path / "finance.html"
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    path.write_text(before + text + behind, encoding="utf-8")
    for lang, words in (
        ("en", "from 1 October 2025"),
        ("fr", "à partir du 1er octobre 2025"),
    ):
        reader = open_page("finance", path=path, address=f"lang={lang}")
        assert words in reader.page.locator("#mrr_bridge .subtitle").text_content()
        assert words in reader.page.locator("#control-period").text_content()
        assert reader.faults == []


@pytest.mark.parametrize("name", ["executive", "finance", "sales"])
def test_labels_below_a_waterfall_do_not_touch(open_page, name):
    """ "Exchange rates" has two lines below its bar, one under the other."""
    for lang in declaration.LANGUAGES:
        reader = open_page(name, address=f"lang={lang}")
        boxes = reader.page.evaluate(
            """() => [...document.querySelectorAll('.of-waterfall .chart text')]
                .filter((each) => !/\\d/.test(each.textContent))
                .map((each) => [each.textContent, each.getBoundingClientRect().toJSON()])"""
        )
        assert len(boxes) >= 6, (name, lang)
        touching = [
            (one, other)
            for place, (one, a) in enumerate(boxes)
            for other, b in boxes[place + 1 :]
            # The box of a line has a little room above and below its letters.
            if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 0
            and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3
        ]
        assert touching == [], lang
        assert not [text for text, _ in boxes if "…" in text], lang
        assert reader.faults == []


def test_a_switch_shows_the_table_of_a_drawing(open_page):
    reader = open_page("executive", address="lang=fr")
    switch = reader.page.locator("#pipeline .switch")
    assert switch.get_attribute("aria-label") == "Afficher en tableau\u00a0: Pipeline ouvert"
    switch.click()
    assert reader.page.locator("#pipeline table.listed tbody tr").count() > 3
    assert reader.page.locator("#pipeline .chart").count() == 0
    assert reader.page.evaluate("document.activeElement.className") == "switch"
    assert reader.page.locator("#pipeline .switch").get_attribute("aria-pressed") == "true"
    reader.page.locator("#pipeline .switch").click()
    assert reader.page.locator("#pipeline .chart svg").count() == 1
    assert reader.faults == []


def test_the_policy_holds(open_page, site, tmp_path):
    """A script that was put into the page does not run, and nothing can be sent."""
    text = (site / "marketing.html").read_text(encoding="utf-8")
    path = tmp_path / "marketing.html"
    path.write_text(text.replace("</body>", "<script>window.stolen = 1</script></body>"))
    reader = open_page("marketing", path=path)
    assert reader.page.evaluate("window.stolen") is None
    assert any("Content Security Policy" in fault for fault in reader.faults)
    sent = reader.page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert sent == "refused"


def test_a_board_can_be_printed(open_page, tmp_path):
    reader = open_page("executive", address="lang=en&theme=dark")
    reader.page.emulate_media(media="print")
    wait_until(reader.page, "document.documentElement.dataset.theme === 'light'")
    hidden = reader.page.evaluate(
        "[...document.querySelectorAll('.controls, nav, .switch')].every((e) => !e.offsetParent)"
    )
    assert hidden
    printed = reader.page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 12
    reader.page.emulate_media(media="screen")
    wait_until(reader.page, "document.documentElement.dataset.theme === 'dark'")
    assert reader.faults == []
