"""The figures that a board must show, by its own SQL, and how its page is read in a browser.

Nothing here is shared with the page: rows are chosen by SQL, and numbers written by `decimal`.
"""

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from boards.browser import find_browser

GRAINS = ("month", "quarter", "year")
# All that a reader of the page sees, in one answer: each panel's figures as they stand in the
# elements, and every text of its drawing.
READ = """() => {
    const number = (cell) => cell?.dataset.value === undefined ? null : Number(cell.dataset.value);
    const texts = (panel, of) => [...panel.querySelectorAll(of)].map((each) => each.textContent);
    const tile = (element) => ({
        value: number(element.querySelector('.value')),
        text: element.querySelector('.value').textContent,
        whole: element.textContent,
        change: element.querySelector('[data-change]')?.dataset.change ?? null,
        target: element.querySelector('[data-target]')?.dataset.target ?? null,
        status: element.querySelector('.status')?.classList[1] ?? null,
        isProvisional: element.classList.contains('provisional'),
    });
    const panel = (element) => ({
        title: element.querySelector('h2').textContent,
        notes: element.querySelector('.notes')?.textContent ?? '',
        rows: [...element.querySelectorAll('tbody tr')].map(
            (row) => [...row.children].map((cell) => number(cell) ?? cell.textContent)),
        tiles: Object.fromEntries(
            [...element.querySelectorAll('.tile')].map((each) => [each.dataset.kpi, tile(each)])),
        cells: [...element.querySelectorAll('tbody [data-value]')].map(number),
        drawn: texts(element, '.chart text'),
        list: texts(element, '.alerts li > :last-child'),
    });
    return Object.fromEntries(
        [...document.querySelectorAll('.panel')].map((each) => [each.id, panel(each)]));
}"""
# Chooses and draws all panels, as drawings or as tables: what a panel's switch does for one.
DRAW = """([changes, asTables]) => {
    for (const panel of board.content.panels) panel.isTable = asTables;
    board.choose(changes);
}"""

# axe-core looks for barriers: the rules of WCAG 2, levels A and AA, that a program can judge.
AXE = Path(__file__).parents[1] / "axe" / "axe.min.js"
# Another theme may break these rules alone: nothing else has a colour.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
BARRIERS = """async ([part, rules]) => {
    const runOnly = rules
        ? { type: 'rule', values: rules }
        : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
    const options = { runOnly, resultTypes: ['violations', 'passes'] };
    const found = await axe.run(part ?? document, options);
    return {
        passed: found.passes.map((rule) => rule.id),
        violated: found.violations.flatMap((rule) => rule.nodes.map(
            (node) => `${rule.id}: ${node.target.join(' ')}: ${rule.help}`)),
    };
}"""


def start(playwright):
    """Return a browser; `RuntimeError` says what to install if there is none."""
    return playwright.chromium.launch(
        executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
    )


class Reader:
    """A page of a board in a browser, and what went wrong in it."""

    def __init__(self, browser, path, *, width=1440, height=900, address="lang=en&theme=light"):
        self.faults = []
        self.page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        # A browser among busy processes is slow.
        self.page.set_default_timeout(120_000)
        self.page.on("console", lambda said: self.faults.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._look_at)
        self.page.goto(f"{path.as_uri()}#{address}")

    def _look_at(self, request):
        if not request.url.startswith(("data:", "file:")) or request.url.endswith((".js", ".css")):
            self.faults.append(f"request: {request.url}")

    def choose(self, *, as_tables=False, **changes):
        """Choose as the controls do; all panels are drawings, or tables."""
        self.page.evaluate(DRAW, [changes, as_tables])

    def shown(self):
        """Return what the panels show as they stand."""
        return self.page.evaluate(READ)

    def read(self, *, as_tables=False):
        """Return what the panels show, as drawings or as tables."""
        self.choose(as_tables=as_tables)
        return self.shown()

    def barriers(self, part=None, rules=None):
        """Return the rules that the page keeps as it stands, and where it breaks others.

        `part` is a selector of a part of it, `rules` are the only ones to look at.
        """
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(BARRIERS, [part, rules])

    def close(self):
        self.page.close()


# -- what a panel must show, by its own SQL --------------------------------------------------------


class Expected:
    """The rows of a board's panels, chosen by SQL as its controls choose them.

    The SQL of each panel runs once: `tables` says where its rows stand then.
    """

    def __init__(self, con, board):
        self.con = con
        self.board = board
        self.panels = {panel.id: panel for panel in board.panels}
        self.tables, self.dimensions = {}, {}
        for panel in board.panels:
            self.tables[panel.id] = f"panel_{board.name}_{panel.id}"
            con.sql(f"create temp table if not exists {self.tables[panel.id]} as {panel.sql}")
            if "cut" in panel.controls:
                found = con.sql(f"select distinct dimension from {self.tables[panel.id]}")
                self.dimensions[panel.id] = {name for (name,) in found.fetchall()}

    def periods(self, grain):
        """Return the first days of the periods that have begun, oldest first, as texts."""
        found = self.con.execute(
            "select period_start::varchar from marts.dim_periods "
            "where has_begun and period_grain = ? order by period_start",
            [grain],
        )
        return [start for (start,) in found.fetchall()]

    def before(self, grain, start):
        """Return the first day of the period before."""
        [(day,)] = self.con.execute(
            "select previous_period_start::varchar from marts.dim_periods "
            "where period_grain = ? and period_start = ?",
            [grain, start],
        ).fetchall()
        return day

    def latest(self, grain):
        [(day,)] = self.con.execute(
            "select period_start::varchar from marts.dim_periods "
            "where period_grain = ? and is_latest_whole",
            [grain],
        ).fetchall()
        return day

    def segments(self):
        """Return the cuts of the board as the control names them, in the order of words."""
        found = set()
        for panel in self.board.panels:
            if "cut" in panel.controls:
                found |= set(
                    self.con.sql(
                        f"select distinct dimension, segment from {self.tables[panel.id]} "
                        "where period_grain in ('month', 'quarter', 'year')"
                    ).fetchall()
                )
        return sorted(pair for pair in found if pair[0] in self.board.cuts)

    def rows(self, panel_id, grain, start, cut=("all", "all")):
        """Return the rows of a panel for these choices, each as a dictionary."""
        panel = self.panels[panel_id]
        limits, values = [], []
        if "grain" in panel.controls:
            limits.append("period_grain = ?")
            values.append(grain)
        # A forecast is shown with what it says of the time to come.
        if "period" in panel.controls and panel.type != "forecast":
            limits.append(f"period_start {'=' if panel.controls['period'] == 'pick' else '<='} ?")
            values.append(start)
        if panel.controls.get("cut") == "split":
            known = cut[0] in self.dimensions[panel_id] and cut[0] != "all"
            limits.append("dimension = ?")
            values.append(cut[0] if known else panel.options["split"])
        elif "cut" in panel.controls:
            known = cut[0] in self.dimensions[panel_id]
            limits.append("dimension = ? and segment = ?")
            values += cut if known else ("all", "all")
        where = f" where {' and '.join(limits)}" if limits else ""
        found = self.con.execute(f"select * from {self.tables[panel_id]}{where}", values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# -- numbers as a page writes them -----------------------------------------------------------------

POINTS = {"en": (",", "."), "fr": (" ", ",")}


def plain(text):
    """Return a text with one kind of blank and of minus."""
    return re.sub(r"[\u00a0\u202f ]+", " ", text).replace("\u2212", "-").strip()


def digits(value, decimals, lang, *, least=None):
    """Return a number with groups, rounded half up, without needless zeros below `least`."""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    group, point = POINTS[lang]
    text = f"{abs(number):,}"
    whole, _, part = text.partition(".")
    while part.endswith("0") and len(part) > (decimals if least is None else least):
        part = part[:-1]
    sign = "-" if number < 0 else ""
    return sign + whole.replace(",", group) + (point + part if part else "")


def short(value, unit, lang):
    """Return a figure as marks and tiles write it, in euros; blanks and minus made plain."""
    size = abs(value)
    if unit in ("share", "percent"):
        fine = unit == "share" and 0 < size < 0.00995
        return digits(100 * value, 2 if fine else 1, lang) + ("%" if lang == "en" else " %")
    if unit == "count":
        return digits(value, 0, lang)
    if unit == "amount":
        if size >= 999_500:
            body, suffix = digits(value / 1e6, 2, lang, least=0), {"en": "m", "fr": " M"}[lang]
        elif size >= 9999.5:
            body, suffix = digits(value / 1e3, 1, lang, least=0), {"en": "k", "fr": " k"}[lang]
        else:
            body, suffix = digits(value, 2 if size < 99.95 else 0, lang, least=0), ""
        if lang == "fr":
            return f"{body}{suffix} €"
        return f"-€{body[1:]}{suffix}" if body.startswith("-") else f"€{body}{suffix}"
    if unit in ("days", "months"):
        return digits(value, 0 if size >= 100 else 1, lang, least=0)
    if unit == "ratio":
        return digits(value, 2, lang)
    if unit in ("points", "score"):
        return digits(value, 1, lang)
    raise AssertionError(unit)


def same(one, other):
    """Whether two lists of figures are the same: to the ninth digit, as a page's numbers are."""
    if len(one) != len(other):
        return False
    return all(
        abs(float(a) - float(b)) <= 1e-9 * max(1, abs(float(b)))
        for a, b in zip(one, other, strict=True)
    )


def content_of(path):
    """Return the content that a page carries, and the text before and behind it."""
    text = path.read_text(encoding="utf-8")
    opening = '<script type="application/json" id="content">'
    before, rest = text.split(opening, 1)
    body, behind = rest.split("</script>", 1)
    return json.loads(body), before + opening, "</script>" + behind
