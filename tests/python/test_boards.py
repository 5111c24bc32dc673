"""The boards: a page asks nothing of anybody, and says what the views say, whatever is chosen.

`board_pages` knows what a board must show, without any code of the page. Most tests look at the
pages in a Chromium without a window: `sh scripts/install_browser.sh` installs one.
"""

import base64
import datetime
import gzip
import hashlib
import html.parser
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import board_pages
import duckdb
import pytest
import yaml
from board_pages import Expected, Reader, content_of, plain, same, short

from boards import declaration, figures, page
from boards.patterns import PatternError, facts_of
from scripts import make_boards

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "boards" / "shell"
NAMES = ("executive", "marketing", "sales", "customer_success", "finance")
BOARDS = {board.name: board for board in declaration.read_boards()}


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


# -- declarations ------------------------------------------------------------------------------------

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
        ({"type": "pie"}, r"tiny.yml, panel leads: panel type 'pie' is none of alerts, bars, cohorts"),
        ({"unit": "euros"}, r"panel leads: unit 'euros' is none of amount, "),
        ({"width": 13}, r"panel leads: width 13 is none of "),
        ({"tittle": {}}, r"panel leads: 'tittle' is no key here; there are "),
        ({"sql": None}, r"panel leads: 'sql' is missing"),
        ({"title": {"en": "Leads"}}, r"panel leads, title: 'fr' is missing"),
        ({"title": {"en": "{bst}", "fr": "x"}}, r"title.en: 'bst' is no fact of bars; it has best,"),
        ({"title": {"en": "{best", "fr": "x"}}, r"title.en: no closing brace behind 'best'"),
        ({"controls": {"cut": "all"}}, r"panel leads: control cut: all is none of cut: pick, "),
        ({"controls": {"cut": "split"}}, r"panel leads: `cut: split` and the dimension `split:` need"),
        ({"periods": 3}, r"panel leads: 'periods' is no key here"),
        ({"rows": {"sql": "select 1"}}, r"panel leads, rows: 'columns' is missing"),
    ],
)
def test_a_wrong_declaration_is_refused_in_words(tmp_path, panel, message):
    with pytest.raises(declaration.BoardError, match=message):
        declaration.read_board(declared(tmp_path, panel))


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
    with pytest.raises(declaration.BoardError, match="tiny.yml: two panels have the id 'leads'"):
        declaration.read_board(path)


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ({"sql": "select 1 as value from nowhere"}, r"panel leads: the SQL fails: .*nowhere"),
        ({"sql": "select 1 as value"}, r"panel leads: the SQL gives no column 'category'; it gives"),
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
    ],
)
def test_sql_that_does_not_fit_is_refused_in_words(tmp_path, con, panel, message):
    board = declaration.read_board(declared(tmp_path, panel))
    with pytest.raises(declaration.BoardError, match=message):
        figures.of_board(con, board)


def test_a_title_may_not_name_a_step_that_the_sql_does_not_give(tmp_path, con):
    panel = {
        "type": "funnel",
        "title": {"en": "{leads} {buyers}", "fr": "x"},
        "sql": "select 'leads' as step, 'a' as label_en, 'b' as label_fr, 1 as step_order, 2 as value",
    }
    board = declaration.read_board(declared(tmp_path, panel))
    with pytest.raises(declaration.BoardError, match=r"title.en: 'buyers' is no fact; there are .*leads"):
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
        ("{}", "no name"), ("{a?b|c}", "has 2 words to choose from and needs 3"), ("a}", "too many"),
        ("{a:big}", "no format"), ("{a#b}", "has 1 words"), ("{a b}", "no closing brace"),
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


# -- the bundled library -----------------------------------------------------------------------------


def test_the_bundled_library_is_the_one_that_was_checked_in():
    folder = SHELL / "echarts"
    sums = dict(
        reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums}
    assert found == sums
    assert {"echarts.min.js", "LICENSE", "LICENSE-zrender", "LICENSE-d3", "NOTICE"} <= set(sums)
    assert "Apache License" in (folder / "LICENSE").read_text()


# -- pages -------------------------------------------------------------------------------------------


class Elements(html.parser.HTMLParser):
    """What a page loads, and the texts of its styles and scripts."""

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


# -- colours -----------------------------------------------------------------------------------------


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


# -- in the browser ----------------------------------------------------------------------------------


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
                each.querySelectorAll('svg').length, each.getAttribute('aria-label'), each.tabIndex]),
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


def differences(reader, expected, grain, start, cut, lang="en"):
    """Return what a page shows that is not what its SQL says; and what it does not draw."""
    found = []
    tables, drawn = reader.read(as_tables=True), reader.read()
    for panel in expected.board.panels:
        shown = tables[panel.id]
        rows = expected.rows(panel.id, grain, start, cut)
        wanted, marks = wanted_of(panel, rows, expected.periods(grain), start)
        if panel.type == "tiles":
            wanted = tiles_of(panel, rows, expected, grain, start, cut)
            marks = []
            got = {kpi: tile["value"] for kpi, tile in shown["tiles"].items()} or None
            got = {kpi: tile["value"] for kpi, tile in drawn[panel.id]["tiles"].items()}
            is_same = got.keys() == wanted.keys() and all(
                (got[kpi] is None) == (wanted[kpi] is None)
                and (got[kpi] is None or same([got[kpi]], [wanted[kpi]]))
                for kpi in wanted
            )
        elif panel.type == "alerts":
            got = shown["list"]
            wanted = [row[f"message_{lang}"] for row in sorted(rows, key=lambda row: row["place"])]
            wanted = wanted[: panel.options["most"]]
            is_same = got == wanted
        else:
            got = shown["cells"]
            is_same = same(sorted(got), sorted(wanted))
        if not is_same:
            found.append(f"{panel.id} {grain} {start} {cut}: {got} is not {wanted}")
        texts = [plain(text) for text in drawn[panel.id]["drawn"]]
        for value in marks:
            # A mark may have a sign of its own, and stand in a longer text.
            word = short(value, panel.unit, lang)
            if not any(word in text for text in texts):
                found.append(f"{panel.id} {grain} {start} {cut}: {word} is not drawn in {texts}")
    return found


def wanted_of(panel, rows, periods, start):
    """Return the figures that a panel's table must have, and those that its drawing must have."""
    values = [row["value"] for row in rows if row.get("value") is not None]
    if panel.type == "waterfall":
        return values, [value for value in values if value >= 0]
    if panel.type == "funnel":
        rows = sorted(rows, key=lambda row: row["step_order"])
        kept = [float(row["value"]) for row in rows if row["value"] is not None]
        rates = [b / a for a, b in zip(kept, kept[1:], strict=False) if a]
        return kept + rates, kept
    if panel.type == "trend":
        of = sorted({str(row["period_start"]) for row in rows})[-panel.options.get("periods", 12) :]
        rows = [row for row in rows if str(row["period_start"]) in of]
        targets = {row["period_start"]: row["target"] for row in rows if row.get("target") is not None}
        return [row["value"] for row in rows if row["value"] is not None] + list(targets.values()), []
    if panel.type == "cohorts":
        return values, []
    if panel.type == "table":
        return None, []
    return values, values if panel.type == "bars" else []


def test_placeholder():
    pass
