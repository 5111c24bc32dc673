"""Fixtures shared by the Python tests: the real dbt, in folders of its own, and one demo build."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
import warm_dbt
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[2]
# The fixtures that are builds of other worlds than the demo.
BUILDS = {
    "acme", "acme_build", "awkward_build", "broken_files", "broken_parents", "broken_rows",
    "hubspot_build", "maven_build", "odd_build", "parquet_build", "past_build", "pipedrive_build",
    "reports", "salesforce_build", "tenfold", "three",
}  # fmt: skip
# What runs dbt beside the one demo build: tests that ask for one of these, directly or not, are
# left out of `make check`, but for those marked `checked`. So are tests in a browser, and those
# that `make test TESTS=usual` leaves out.
RUN_DBT = BUILDS | {"build", "plain_build", "run_dbt"}
# The modules that build the samples of vendors and compare their figures with the demo's.
# `make test TESTS=usual` leaves them out, and the tests marked `thorough`.
OF_VENDORS = {
    "test_hubspot", "test_maven", "test_pipedrive", "test_salesforce", "test_stripe",
    "test_three_sources",
}  # fmt: skip

# The modules with much to do, the longest first: they begin, so that no worker is left with one at
# the end. The first one has a build of its own to make while the other worker builds the demo.
LONGEST = [
    "test_awkward_customers", "test_bad_input", "test_left_out", "test_connectors", "test_project",
    "test_three_sources", "test_salesforce", "test_pipedrive", "test_stripe", "test_hubspot",
    "test_expectations", "test_other_spellings", "test_recurring_revenue", "test_maven",
    "test_given_cuts", "test_scripts", "test_readme", "test_boards",
]  # fmt: skip

# How often the tests may have the project read: for warm commands, and by commands themselves.
BUDGET = {"projects": 20, "read": 9, "cold": 2}


# Whether this is `make check`.
is_quick = False


# Tests with an environment of their own, which installing and starting takes minutes.
SERVERS = {
    "superset": "starts a Superset",
    "postgres": "builds in a PostgreSQL that it starts",
    "spark": "builds on a Spark of its own",
}


def pytest_addoption(parser):
    parser.addoption(
        "--quick",
        action="store_true",
        help="one build of the demo, fewer random worlds, no other build and no browser",
    )
    parser.addoption(
        "--usual",
        action="store_true",
        help="without the samples of vendors and what is marked thorough",
    )
    for mark, what in SERVERS.items():
        said = f"what {what}, and no other test; plain runs leave it out"
        parser.addoption(f"--{mark}", action="store_true", help=said)


def pytest_configure(config):
    """Say where the warm dbt of this test run has its sockets."""
    global is_quick
    is_quick = config.getoption("--quick")
    config.addinivalue_line("markers", "checked: runs dbt, and is part of `make check` too")
    config.addinivalue_line("markers", "thorough: `make test TESTS=usual` leaves it out")
    for mark, what in SERVERS.items():
        config.addinivalue_line("markers", f"{mark}: {what}; only --{mark} runs it")
    if not hasattr(config, "workerinput"):
        os.environ[warm_dbt.FOLDER] = tempfile.mkdtemp(prefix="warm_dbt_")
        (Path(os.environ[warm_dbt.FOLDER]) / "owner").write_text(str(os.getpid()))


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[warm_dbt.FOLDER])


def pytest_sessionfinish(session):
    """Hold the whole run to its budget: each reading of the project takes ten seconds."""
    if not hasattr(session.config, "workerinput"):
        counted = warm_dbt.counted()
        if any(counted[what] > most for what, most in BUDGET.items()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    counted = warm_dbt.counted()
    terminalreporter.write_line(
        f"dbt: {counted['warm']} commands on {counted['projects']} parsed projects, "
        f"{counted['read']} that read the project themselves, {counted['cold']} from the start; "
        f"the budget of readings is {BUDGET}"
    )


def pytest_collection_modifyitems(config, items):
    unwanted = [
        item
        for item in items
        if any(
            bool(item.get_closest_marker(mark)) != config.getoption(f"--{mark}") for mark in SERVERS
        )
    ]
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [item for item in items if item not in unwanted]
    if is_quick or config.getoption("--usual"):
        is_wanted = is_checked if is_quick else is_usual
        left_out = [item for item in items if not is_wanted(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_wanted(item)]
    items.sort(key=rank_of(items))
    if hasattr(config, "workerinput"):
        path = Path(os.environ[warm_dbt.FOLDER]) / f"{config.workerinput['workerid']}.groups"
        path.write_text(json.dumps({item.nodeid: group(item) for item in items}))


def rank_of(items):
    """Return a function that says of a test how early it is given to a worker.

    In a quick run there is nothing to do for the second worker until the demo is built, but for
    groups of which no test asks for it.
    """
    ask_for_demo = {group(item) for item in items if "demo_build" in item.fixturenames}
    places = {name: place for place, name in enumerate(LONGEST)}

    def rank(item):
        place = places.get(module(item), len(LONGEST))
        if is_quick:
            return not item.get_closest_marker("checked"), group(item) in ask_for_demo, place
        return place

    return rank


def is_usual(item) -> bool:
    """Return whether a test is part of `make test TESTS=usual`."""
    return not (item.get_closest_marker("thorough") or module(item) in OF_VENDORS)


def is_checked(item) -> bool:
    """Return whether a test is part of `make check`."""
    if item.get_closest_marker("checked"):
        return True
    return is_usual(item) and not (RUN_DBT | {"browser"}) & set(item.fixturenames)


def worlds(count: int) -> int:
    """Return how many random worlds a test looks at that looks at `count` in the whole run."""
    return max(1, count // 6) if is_quick else count


def pytest_xdist_make_scheduler(config, log):
    return Groups(config, log)


class Groups(LoadScopeScheduling):
    """Gives one worker the tests of one module that look at one build.

    Only workers see the fixtures of a test: they leave the groups in the folder of the run.
    """

    @cached_property
    def groups(self):
        path = next(Path(os.environ[warm_dbt.FOLDER]).glob("*.groups"))
        return json.loads(path.read_text())

    def _split_scope(self, nodeid):
        return self.groups[nodeid]


def group(item) -> str:
    given = getattr(item, "callspec", None)
    asked = {*item.fixturenames, *map(str, given.params.values() if given else ())}
    own = {mark.name for mark in item.iter_markers()} & {"checked"}
    return f"{module(item)} {min(BUILDS & asked | own, default='')}"


def module(item) -> str:
    return item.path.stem


@dataclass(frozen=True)
class DbtRun:
    """One `dbt` command that has ended, and the folder that it worked in."""

    folder: Path
    returncode: int
    output: str

    @property
    def build_path(self) -> Path:
        return self.folder / "build" / "revops.duckdb"

    @property
    def published_path(self) -> Path:
        return self.folder / "published" / "revops.duckdb"

    @property
    def target_path(self) -> Path:
        return self.folder / "target"

    @cached_property
    def manifest(self) -> dict:
        return json.loads((self.target_path / "manifest.json").read_text())

    @cached_property
    def run_results(self) -> dict:
        return json.loads((self.target_path / "run_results.json").read_text())

    @property
    def statuses(self) -> dict[str, str]:
        """Status of each node of the run by its name, e.g. {"publications": "skipped"}."""
        return {
            result["unique_id"].split(".")[2]: result["status"]
            for result in self.run_results["results"]
        }


def dbt(
    folder, args, *, extracts=None, variables=None, env=None, project=ROOT, reads=False
) -> DbtRun:
    """Run the environment's dbt from the project's root; all that it writes goes to `folder`.

    `extracts` is the folder of the demo connector's extracts, or {connector: folder}; `variables`
    are further dbt variables. Calling it again with the same folder is the next build of the same
    warehouse. A command that `reads` parses the project anew.
    """
    variables = dict(variables or {})
    if extracts is not None:
        extracts = extracts if isinstance(extracts, dict) else {"demo": extracts}
        variables["extracts_dir"] = {name: str(path) for name, path in extracts.items()}
    run = DbtRun(folder, 0, "")
    run.build_path.parent.mkdir(parents=True, exist_ok=True)
    # One thread is faster: dbt's own work takes turns, and another worker has the other core.
    threads = ["--threads", "1"] if args[0] in {"build", "run", "test"} else []
    arguments = [*args, *threads, *(["--vars", json.dumps(variables)] if variables else [])]
    env = {**paths(folder, project), **(env or {})}
    returncode, output = run_command(
        ["dbt", *arguments], variables, project=project, env=env, reads=reads or "parse" in args
    )
    return DbtRun(folder, returncode, output)


def paths(folder, project=ROOT) -> dict[str, str]:
    """Return the environment that sends all that a build writes to a folder."""
    return {
        "REVOPS_BUILD_PATH": str(folder / "build" / "revops.duckdb"),
        "REVOPS_PUBLISHED_PATH": str(folder / "published" / "revops.duckdb"),
        "DBT_PROFILES_DIR": str(project),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_USE_COLORS": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }


def run_command(
    command, variables=None, *, project=ROOT, env=None, reads=False, cold=False
) -> tuple[int, str]:
    """Run `dbt …`, or a Python file that runs dbt, and return its exit code and its output.

    `variables` are those of the command's --vars. A cold command is a process from the start, as
    users have it; else a warm dbt runs it, which saves the import, and the parse unless it `reads`.
    """
    env = {**os.environ, **(env or {})}
    warm_dbt.count(command, "cold" if cold else "read" if reads else "warm")
    if not cold:
        with tempfile.TemporaryFile() as output:
            code = warm_dbt.run(command, project, env, variables, stdout=output, reads=reads)
            output.seek(0)
            return code, output.read().decode()
    program, *arguments = map(str, command)
    started = (
        [str(Path(sys.executable).with_name("dbt"))]
        if program == "dbt"
        else [sys.executable, program]
    )
    done = subprocess.run(
        [*started, *arguments],
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=env,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def run_dbt(tmp_path_factory):
    """A function like `dbt`, with a new folder for each call unless it is given `folder`."""

    def run(args, *, folder=None, **options) -> DbtRun:
        return dbt(folder or tmp_path_factory.mktemp("dbt"), args, **options)

    return run


@pytest.fixture(scope="session")
def demo_build(tmp_path_factory, worker_id) -> DbtRun:
    """The demo, built once for all tests and workers: open its files read-only, build elsewhere."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo_build"
    folder.mkdir(exist_ok=True)
    done = folder / "result.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            run = dbt(folder, ["build", "--exclude-resource-type", "unit_test"])
            done.write_text(json.dumps([run.returncode, run.output]))
    run = DbtRun(folder, *json.loads(done.read_text()))
    assert run.returncode == 0, run.output
    return run


@pytest.fixture
def demo_extracts(tmp_path) -> Path:
    """A copy of the demo's extracts for a test to break; pass it on as `extracts`."""
    return Path(shutil.copytree(ROOT / "seeds" / "demo", tmp_path / "extracts"))
