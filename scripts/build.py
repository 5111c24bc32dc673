"""Build the warehouse with dbt and summarise the result in a few lines.

`make build` runs this. It is `dbt build` without the unit tests, which check the models and not the
data, and with dbt's hundreds of lines replaced by one line of progress and a summary. All further
arguments go to dbt. The exit code is dbt's: 0, 1 if a node failed, 2 if dbt could not run at all.
"""

from __future__ import annotations

import datetime
import logging
import os
import re
import shutil
import sys
import textwrap
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STARTED = float(os.environ.get("REVOPS_STARTED") or time.time())
ROOT = Path(__file__).resolve().parents[1]
QUIET = [
    "--log-level",
    "none",
    "--no-use-colors",
    "--no-print",
    "--exclude-resource-type",
    "unit_test",
]
# The layers before the gate, by the second part of a node's path.
INPUT_LAYERS = {"connectors", "inputs", "seeds"}
GATES = ("extract_checks", "input_checks")
# Said by the summary, from the results: dbt's own events would say it a second time.
SAID_BY_SUMMARY = {
    "CheckNodeTestFailure",
    "EndOfRunSummary",
    "GenericExceptionOnRun",
    "LogHookEndLine",
    "LogModelResult",
    "LogSeedResult",
    "LogTestResult",
    "MainStackTrace",
    "RunResultError",
    "RunResultErrorNoMessage",
    "RunResultFailure",
    "RunResultWarning",
    "RunResultWarningMessage",
    "SQLCompiledPath",
}
FAILED = {"error", "fail", "runtime error", "partial success"}
# Tests whose failure the project reports in its own words when dbt has ended.
KEPT_RULES = "no_critical_rule_is_broken_"
SUCCEEDED = "last_publication_succeeded_"


class Screen:
    """The output for the user: plain lines, colours on a terminal only, one line of progress."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.has_colours = self.is_terminal and not os.environ.get("NO_COLOR")
        self.progress_length = 0

    def paint(self, text: str, code: str) -> str:
        """Return the text in a colour, by its ANSI code, if there are colours."""
        return f"\033[{code}m{text}\033[0m" if self.has_colours else text

    def say(self, text: str = "", code: str = "") -> None:
        """Print a line, in a colour if a code is given."""
        self.progress("")
        print(self.paint(text, code) if code else text, flush=True)

    def progress(self, text: str) -> None:
        """Show the text in the last line of a terminal, in place of the text before."""
        if not self.is_terminal or not (text or self.progress_length):
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        sys.stdout.write("\r" + text.ljust(self.progress_length) + "\r")
        sys.stdout.flush()
        self.progress_length = len(text)


@dataclass
class Clock:
    """Attributes wall-clock time, in seconds, to what ran during it.

    dbt runs two nodes at once: each then gets half of the time that passes, so that the parts add
    up to what the user waited. Time in which no node ran is dbt's own.
    """

    seconds: Counter[str] = field(default_factory=Counter)
    running: dict[str, str] = field(default_factory=dict)
    idle: str = "parse"
    since: float = field(default_factory=time.time)

    def tick(self) -> None:
        """Attribute the time since the last tick."""
        now = time.time()
        parts = list(self.running.values()) or [self.idle]
        for part in parts:
            self.seconds[part] += (now - self.since) / len(parts)
        self.since = now


class Build:
    """Follows a build through dbt's events."""

    def __init__(self, screen: Screen, arguments: list[str]) -> None:
        self.screen = screen
        self.arguments = arguments
        self.clock = Clock()
        self.done_count = 0
        self.stop_is_told = False
        self.has_errors = False

    def follow(self, event: Any) -> None:  # noqa: ANN401 (a protobuf message of dbt)
        """Take one event of dbt: keep the time, show progress, pass on what the user must see."""
        name, level = event.info.name, event.info.level
        self.clock.tick()
        if name == "ConcurrencyLine":
            self.clock.idle = "dbt itself"
        elif name == "NodeStart":
            node = event.data.node_info
            self.clock.running[node.unique_id] = part_of(node)
        elif name == "NodeFinished":
            self.clock.running.pop(event.data.node_info.unique_id, None)
            self.done_count += 1
        elif name == "LogStartLine":
            node, total = event.data.node_info.node_name, event.data.total
            self.screen.progress(f"  {self.done_count} of {total}  {node}")
        elif name == "JinjaLogInfo" and event.info.msg:
            # The reports of the gate and of the publication are all that the project's macros log.
            is_stop = "Nothing was published" in event.info.msg
            self.stop_is_told |= is_stop
            self.screen.say(event.info.msg, "1;31" if is_stop else "")
        elif level in ("warn", "error") and name not in SAID_BY_SUMMARY:
            self.has_errors |= level == "error"
            said = event.info.msg.removeprefix("Encountered an error:\n")
            said = without_riddles(said, self.arguments)
            self.screen.say(said, "31" if level == "error" else "33")


def part_of(node: Any) -> str:  # noqa: ANN401 (a protobuf message of dbt)
    """Return to which part of the build a node belongs."""
    if node.node_name in GATES or node.node_name.startswith(KEPT_RULES):
        return "gate"
    if Path(node.node_path).parts[:1] == ("publish",) or node.node_name.startswith(SUCCEEDED):
        return "publication"
    if node.resource_type == "test":
        return "tests"
    if node.resource_type == "seed" or INPUT_LAYERS & set(Path(node.node_path).parts[:1]):
        return "inputs"
    return "models"


def plain(message: str | None) -> str:
    """Return an error without the stack trace of a Python model or of macros that dbt puts in."""
    text = re.sub(r"\n *> (in|called by) [^\n]*", "", textwrap.dedent(message or ""))
    lines = text.strip().splitlines()
    kept: list[str] = []
    in_trace = False
    for line in filter(str.strip, lines):
        if line.strip() == "Traceback (most recent call last):":
            in_trace, depth = True, len(line) - len(line.lstrip())
        elif not in_trace or len(line) - len(line.lstrip()) <= depth:
            in_trace = False
            kept.append(line)
    return "\n".join(kept)


def without_riddles(message: str, arguments: list[str]) -> str:
    """Return an error of dbt as plain words.

    YAML makes a date of a text that looks like one. A date that no calendar has ends dbt before any
    setting is read, and dbt does not say where it stands.
    """
    if not re.search(r"out of range for month|must be in \d", message):
        return plain(message)
    text = " ".join([*arguments, (ROOT / "dbt_project.yml").read_text(encoding="utf-8")])
    for year, month, day in re.findall(r"\b(\d{4})-(\d\d?)-(\d\d?)\b", text):
        try:
            datetime.date(int(year), int(month), int(day))
        except ValueError:
            found = f"{year}-{month}-{day}"
            return f"{found} is no day of the calendar: look in --vars and in dbt_project.yml"
    return plain(message)


def tell_failures(screen: Screen, results: list[Any]) -> None:
    """Name each failed node with its file, except nodes with a message of their own."""
    for result in results:
        node = result.node
        status = str(result.status)
        if status not in FAILED | {"warn"} or node.name.startswith((KEPT_RULES, SUCCEEDED)):
            continue
        head = f"{status.upper()}  {node.resource_type} {node.name} ({node.original_file_path})"
        screen.say(head, "33" if status == "warn" else "31")
        screen.say(textwrap.indent(plain(result.message), "    "))
        compiled = getattr(node, "compiled_path", None)
        if compiled and node.resource_type == "test":
            screen.say(f"    the rows: {compiled}")


def trouble_with(build: Path, published: Path) -> str | None:
    """Return in one sentence why a build could publish nothing; make the build file's folder."""
    from publication.errors import reason
    from publication.target import problem_with

    try:
        build.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"the folder of the build file {build} cannot be made: {reason(error)}."
    return problem_with(published, build)


def identity(path: Path) -> tuple[int, int] | None:
    """Return the marks that tell a file from its replacement; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def tell_publication(screen: Screen, published: Path) -> None:
    """Say what the published file holds."""
    import duckdb

    with duckdb.connect(str(published), read_only=True) as reader:
        [[rows, rejected]] = reader.execute(
            "select coalesce(sum(row_count), 0), coalesce(sum(rejected_row_count), 0) "
            "from marts.fct_input_loads"
        ).fetchall()
        [[kpis, with_figures]] = reader.execute(
            "select count(*), count(*) filter (where kpi in ("
            "select kpi from kpis.kpi_values where value is not null)) "
            "from kpis.kpi_catalog where status = 'available'"
        ).fetchall()
    # KPIs whose sources are missing are published too, and null.
    some = "all" if with_figures == kpis else with_figures
    screen.say(f"Published {published}: {kpis} KPIs, {some} of them with figures", "1;32")
    screen.say(f"  {rows:>9,}  rows read")
    screen.say(
        f"  {rejected:>9,}  rows rejected" + (", kept in quality.rejected_rows" if rejected else "")
    )


def tell_changes(screen: Screen, build: Path, published: Path) -> None:
    """Say what went off track, came back or was restated, and write all of it beside the build."""
    from publication import report
    from publication.errors import reason

    if not (found := report.read(published)):
        return
    path = build.with_name("report.md")
    screen.say("Changes:", "1")
    for line in report.lines(found, path):
        screen.say(f"  {line}")
    if found.to_fix:
        screen.say(f"  {found.to_fix.words[0]}")
    try:
        path.write_text(report.markdown(found), encoding="utf-8")
    except OSError as error:
        screen.say(f"  {path} cannot be written: {reason(error)}.", "33")


def command_line() -> str | None:
    """Return DuckDB's command line: that of the environment, or else one on the PATH, or None."""
    own = Path(sys.executable).with_name("duckdb.exe" if os.name == "nt" else "duckdb")
    if not own.exists():
        return "duckdb" if shutil.which("duckdb") else None
    return str(own.relative_to(ROOT) if own.is_relative_to(ROOT) else own)


def tell_where_to_look(screen: Screen, build: str, published: Path) -> None:
    """Say what to do next."""
    screen.say("Next:", "1")
    screen.say(f"  {published} is for your BI tool: the views of its schema kpis")
    if client := command_line():
        screen.say(f"  {client} -readonly {published} asks it on the command line")
    else:
        screen.say("  pip install duckdb-cli gets DuckDB's command line, to ask it there")
    screen.say(f"  quality.rejected_rows in {build} says which rows were rejected, and why")
    screen.say("  make docs writes the KPI dictionary and every definition to build/site")


def tell_seconds(screen: Screen, seconds: Counter[str]) -> None:
    """Say where the time went; the parts add up to the whole."""
    total = sum(seconds.values())
    screen.say(f"{total:.1f} seconds", "1")
    for part in (
        "set-up", "parse", "inputs", "gate", "hand-over", "models", "tests", "publication",
        "dbt itself",
    ):  # fmt: skip
        if seconds[part] >= 0.05:
            screen.say(f"  {seconds[part]:>9.1f}  {part}")


def hush_libraries() -> None:
    """Let dbt and Great Expectations send nothing and log little, unless somebody asks."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    # Debug lines are a tenth of what dbt itself does.
    os.environ.setdefault("DBT_LOG_LEVEL_FILE", "info")
    # Great Expectations sets the level of this logger itself, and names temporary folders in it.
    logging.getLogger("great_expectations.data_context.types.base").disabled = True


def main(arguments: list[str]) -> int:
    """Run the build and return the exit code."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    hush_libraries()
    build_path = os.environ.setdefault("REVOPS_BUILD_PATH", "build/revops.duckdb")
    published = Path(os.environ.setdefault("REVOPS_PUBLISHED_PATH", "published/revops.duckdb"))
    screen = Screen()
    screen.progress("  starting")
    if trouble := trouble_with(Path(build_path), published):
        screen.say(f"Nothing was published: {trouble}", "1;31")
        return 2
    before = identity(published)

    from dbt.cli.main import dbtRunner

    build = Build(screen, arguments)
    build.clock.seconds["set-up"] = time.time() - STARTED
    screen.progress("  reading the project")
    outcome = dbtRunner(callbacks=[build.follow]).invoke(["build", *QUIET, *arguments])
    build.clock.tick()

    results = getattr(outcome.result, "results", [])
    tell_failures(screen, results)
    if outcome.exception and not build.has_errors:
        screen.say(without_riddles(str(outcome.exception), arguments), "31")
    is_published = not build.stop_is_told and any(
        result.node.name == "publications" and str(result.status) == "success" for result in results
    )
    screen.say()
    if is_published:
        tell_publication(screen, published)
        tell_changes(screen, Path(build_path), published)
    elif outcome.success:
        screen.say("Nothing was published: the selection does not reach the last node.", "33")
    elif not build.stop_is_told and identity(published) != before:
        screen.say(f"The build failed, and {published} was replaced while it ran.", "1;31")
    elif not build.stop_is_told:
        screen.say(f"The build failed. Nothing was published: {published} is as before.", "1;31")
    if not outcome.success:
        screen.say(f"The log is in {os.environ.get('DBT_LOG_PATH', 'logs')}/dbt.log")
        return 2 if outcome.exception else 1
    tell_seconds(screen, build.clock.seconds)
    if is_published:
        tell_where_to_look(screen, build_path, published)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
