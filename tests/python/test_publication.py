"""Publication: from the build file to the readers."""

import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from small_builds import RELATIONS, ROWS, make_build, mark_of

import publication
from expectations import loads
from publication import content, log, target

ROOT = Path(__file__).parents[2]


# -- the demo --------------------------------------------------------------------------------------


def test_a_later_process_publishes_the_projects_relations_and_no_others(
    demo_build, run_dbt, tmp_path
):
    """DuckDB writes views down anew when it opens a file, in another order and another wording.

    A table that an older version of the project left behind is not published; its log is kept.
    """
    (tmp_path / "build").mkdir()
    build = tmp_path / "build" / "revops.duckdb"
    shutil.copy(demo_build.build_path, build)
    with duckdb.connect(str(build)) as con:
        con.execute("create table marts.fct_left_behind as select 1 as id")
        con.execute("create view kpis.kpi_left_behind as select 1 as id")
        con.execute("alter table quality.publications drop column outcome")
        con.execute("alter table quality.publications drop column message")

    run = run_dbt(["run", "--select", "published_relations", "publications"], folder=tmp_path)

    assert run.returncode == 0, run.output
    published, first = contents(run.published_path), contents(demo_build.published_path)
    # Published twice, and the published file of the first time is not there.
    twice = {
        ("kpis", name): 2 * first["kpis", name]
        for name in ("kpi_publications", "findings_by_publication", "records_to_fix_trend")
    }
    assert published == {**first, **twice}
    assert ("kpis", "kpi_win_rate") in published
    assert [row["outcome"] for row in logged(build)] == [None, "published"]


def test_every_published_relation_and_column_says_what_it_is(demo_build):
    """In the words of the project; dbt does not write them into the build file as well."""
    comments = (
        "select schema_name, table_name, '', comment from duckdb_tables() union all "
        "select schema_name, view_name, '', comment from duckdb_views() where not internal "
        "union all select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where not internal"
    )
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        found = {
            tuple(name): re.sub(r" Key: [a-z_, ]+\.$", "", comment)
            for *name, comment in con.execute(comments).fetchall()
        }
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        assert {comment for *_, comment in con.execute(comments).fetchall()} == {None}
    described = {}
    for node in demo_build.manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed") and node["schema"] in content.SCHEMAS:
            relation = node["schema"], node["alias"]
            described[*relation, ""] = node["description"].strip()
            for column in node["columns"].values():
                described[*relation, column["name"]] = column["description"]
    assert found == described
    assert all(found.values())


def test_every_published_table_tells_its_key(demo_build):
    """Dimensions and aggregates by a constraint, which tools see; all others in their comment."""
    nodes = [
        node
        for node in demo_build.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in content.SCHEMAS
    ]
    keys = {
        (node["schema"], node["alias"]): constraint["columns"]
        for node in nodes
        for constraint in node["constraints"]
        if constraint["type"] == "primary_key"
    }
    assert {node["name"] for node in nodes if node["name"].startswith(("dim_", "agg_"))} <= {
        name for _, name in keys
    }
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        found = con.execute(
            "select schema_name, table_name, constraint_column_names from duckdb_constraints() "
            "where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        comments = con.execute(
            "select schema_name, table_name, comment from duckdb_tables() "
            "where schema_name = 'marts'"
        ).fetchall()
    assert {(schema, table): columns for schema, table, columns in found} == keys
    facts = {table: comment for schema, table, comment in comments if (schema, table) not in keys}
    assert facts["fct_deals"].endswith("One row per deal. Key: deal_id.")
    assert [table for table, comment in facts.items() if " Key: " not in comment] == []


def contents(path):
    """Return the number of rows of each table of a published file, and 0 for a view that answers.

    The changes of all KPIs are a view of millions of rows.
    """
    with duckdb.connect(str(path), read_only=True) as con:
        relations = con.execute(
            "select table_schema, table_name, table_type = 'VIEW' from information_schema.tables"
        ).fetchall()
        return {
            (schema, name): con.execute(
                f'select count(*) from (from {schema}."{name}" {"limit 0" if is_view else ""})'
            ).fetchone()[0]
            for schema, name, is_view in relations
        }


def logged(build):
    """Return the log of publications in a build file, oldest first."""
    with duckdb.connect(str(build), read_only=True) as con:
        rows = con.execute("from quality.publications order by published_at")
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


# -- small build files -----------------------------------------------------------------------------

# Publishes the build file of the first argument at the second one, as often as the third one says,
# and prints the moment and checksum of each publication.
PUBLISHER = """
import sys, duckdb, publication
from pathlib import Path
sys.path.insert(0, "tests/python")
from small_builds import RELATIONS
build, published, times = sys.argv[1:]
with duckdb.connect(build) as con:
    for _ in range(int(times)):
        [row] = publication.publish(con, Path(published), RELATIONS, 3, patience=60)
        print(row["published_at"].isoformat(), row["sha256"], flush=True)
"""
# Holds the lock of a published path, with a file that it is writing, until it is ended.
HOLDER = """
import sys, time
from pathlib import Path
from publication import target
place = target.resolve(Path(sys.argv[1]), Path("build"))
with target.only_publisher(place) as lock:
    next_file = lock.next_file()
    next_file.write_text("half of it")
    next_file.with_name(next_file.name + ".wal").write_text("its log")
    print(next_file, flush=True)
    time.sleep(120)
"""
# Has a database file open for writing, and leaves a write-ahead log when it is killed.
WRITER = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("delete from marts.fct_marks")
print("written", flush=True)
time.sleep(120)
"""


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published" / "revops.duckdb"


@pytest.fixture
def publish(tmp_path, published):
    """A function that publishes a small build file with a mark; returns the rows for the log."""

    def run(mark, path=published, kept=3, patience=0):
        build = tmp_path / "builds" / str(mark) / "revops.duckdb"
        if not build.exists():
            make_build(build, mark)
        with duckdb.connect(str(build)) as con:
            rows = publication.publish(con, path, RELATIONS, kept, patience)
            log.as_relation(con, rows).insert_into("quality.publications")
            return rows

    return run


def names_beside(path):
    """Return the names of the files beside a published one."""
    return sorted(file.name for file in path.parent.iterdir() if file != path)


def generations_of(published):
    """Return the marks of the generations that are kept, oldest first."""
    return [mark_of(published.parent / name) for name in names_beside(published)]


@contextmanager
def process(code, *arguments):
    """A process that runs Python code from the project's root and has printed its first line."""
    running = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running, running.stdout.readline().strip()
    finally:
        running.kill()
        running.communicate()


# -- one publisher at a time -----------------------------------------------------------------------


def test_two_builds_on_one_path_take_turns_and_the_last_one_wins(tmp_path, published):
    """Readers find a whole file at any time, of the one build or of the other."""
    builds = [make_build(tmp_path / str(mark) / "revops.duckdb", mark) for mark in (1, 2)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, build, published, "6"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for build in builds
    ]
    seen = set()
    try:
        deadline = time.monotonic() + 60
        while any(one.poll() is None for one in running) and time.monotonic() < deadline:
            if published.exists():
                seen.add(mark_of(published))
            time.sleep(0.01)
        said = [one.communicate(timeout=1) for one in running]
        seen.add(mark_of(published))
    finally:
        for one in running:
            one.kill()
            one.wait()
    assert [one.returncode for one in running] == [0, 0], said
    assert seen == {1, 2}
    lines = sorted(line.split() for output, _ in said for line in output.splitlines())
    assert len(lines) == 12
    assert target.fingerprint(published).sha256 == lines[-1][1]
    assert len(names_beside(published)) == 3
    assert set(generations_of(published)) <= {1, 2}


def test_a_killed_publication_leaves_nothing_that_stays(published, publish):
    """Its lock goes with it, its files go with the next publication; a living one keeps them."""
    publish(1)
    with process(HOLDER, published) as (holder, written):
        with pytest.raises(publication.PublicationError) as refused:
            publish(2)
        assert Path(written).exists()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert str(refused.value) == (
        f"Another build is publishing {published} (process {holder.pid}): "
        "try again when it has ended."
    )
    assert mark_of(published) == 1
    # As versions of the project before this one named it.
    (published.parent / ".revops.duckdb.next").write_text("half of it")
    assert len(names_beside(published)) == 4
    publish(2, kept=0)
    assert mark_of(published) == 2
    assert names_beside(published) == []


def test_two_paths_to_one_file_share_the_lock(tmp_path, published, publish):
    published.parent.mkdir()
    other = tmp_path / "other.duckdb"
    other.symlink_to(published)
    with (
        process(HOLDER, published),
        pytest.raises(publication.PublicationError, match="Another build is publishing"),
    ):
        publish(1, other)


def test_a_lock_that_was_removed_before_it_was_taken_is_no_lock(published, monkeypatch):
    """The publisher before removes the file of its lock, which another one may have opened."""
    published.parent.mkdir()
    lock = published.with_name(".revops.duckdb.lock")
    flock, taken = target.fcntl.flock, []

    def removed_before(handle, operation):
        if not taken:
            lock.unlink()
        taken.append(handle)
        flock(handle, operation)

    monkeypatch.setattr(target.fcntl, "flock", removed_before)
    with (
        target.only_publisher(target.resolve(published, Path("build")), patience=0),
        lock.open() as same,
        pytest.raises(BlockingIOError),
    ):
        flock(same, target.fcntl.LOCK_EX | target.fcntl.LOCK_NB)
    assert len(taken) == 2
    assert not lock.exists()


def test_only_what_was_checked_is_published(published, publish, monkeypatch):
    publish(1)
    check = content.check

    def check_and_change(path):
        facts = check(path)
        path.chmod(0o644)
        with duckdb.connect(str(path)) as con:
            con.execute("update marts.fct_marks set mark = 3")
        return facts

    monkeypatch.setattr(content, "check", check_and_change)
    with pytest.raises(publication.PublicationError, match=r"changed .* after it was checked"):
        publish(2)
    assert mark_of(published) == 1
    assert names_beside(published) == []


def test_a_view_that_cannot_be_read_is_not_published(published, publish, tmp_path):
    publish(1)
    build = make_build(tmp_path / "builds" / "2" / "revops.duckdb", 2)
    with duckdb.connect(str(build)) as con:
        con.execute("alter table marts.fct_marks rename mark to marks")
    with pytest.raises(publication.PublicationError, match="mark"):
        publish(2)
    assert mark_of(published) == 1
    assert names_beside(published) == []


# -- what lies at the published path ---------------------------------------------------------------


def test_a_left_write_ahead_log_is_not_replayed(published, publish):
    publish(1)
    published.chmod(0o644)
    left = target.log_of(published)
    with process(WRITER, published) as (writer, _):
        assert left.exists()
        with pytest.raises(publication.PublicationError) as refused:
            publish(2)
    assert str(refused.value).startswith(
        f"{published} is open for writing in process {writer.pid}: "
    )
    with duckdb.connect(str(published), read_only=True) as con:
        assert con.execute("select count(*) from marts.fct_marks").fetchall() == [(0,)]
    [row] = publish(2, kept=0)
    assert mark_of(published) == 2
    assert names_beside(published) == []
    assert row["message"] == (
        f"A write-ahead log that another program had left beside {published} was removed."
    )


def test_a_symbolic_link_is_followed(tmp_path, publish):
    real = tmp_path / "disk" / "real.duckdb"
    real.parent.mkdir()
    link = tmp_path / "shown" / "revops.duckdb"
    link.parent.mkdir()
    link.symlink_to("../disk/real.duckdb")
    # The link is broken at first.
    for mark in (1, 2):
        publish(mark, link)
        assert link.is_symlink()
        assert not real.is_symlink()
        assert mark_of(real) == mark_of(link) == mark
    assert names_beside(link) == []
    assert generations_of(real) == [1]
    publication.roll_back(link, tmp_path / "none.duckdb")
    assert link.is_symlink()
    assert mark_of(real) == 1


@pytest.mark.parametrize("case", ["folder", "link", "loop", "file", "proc", "build"])
def test_a_path_that_cannot_be_published_at_is_told_in_one_sentence(case, tmp_path, publish):
    """Before a build, by `problem_with`, and by the publication itself."""
    path = tmp_path / "revops.duckdb"
    build = tmp_path / "builds" / "1" / "revops.duckdb"
    if case == "folder":
        path.mkdir()
    elif case == "link":
        path.symlink_to(tmp_path / "disk" / "revops.duckdb")
    elif case == "loop":
        path.symlink_to(path)
    elif case == "file":
        (tmp_path / "a_file").write_text("")
        path = tmp_path / "a_file" / "revops.duckdb"
    elif case == "proc":
        # Not even an administrator can write there.
        path = Path("/proc/revops.duckdb")
    else:
        path = build
    before = sorted(tmp_path.iterdir())
    said = [target.problem_with(path, build)]
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(publication.PublicationError) as refused:
        publish(1, path)
    said.append(str(refused.value))
    for sentence in said:
        # The rights on /proc say that one may.
        if sentence is None and case == "proc":
            continue
        assert sentence.startswith(str(path))
        assert sentence.count("\n") == 0
        assert sentence.endswith(".")
    if case == "link":
        assert not (tmp_path / "disk").exists()


def limited(code, *arguments, bytes_in_a_file=None):
    """Run code that publishes as somebody who may not write everywhere; return what it prints."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_in_a_file, bytes_in_a_file))

    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit if bytes_in_a_file else None,
        timeout=60,
    )


REFUSED = """
import os, sys, duckdb, publication
from pathlib import Path
sys.path.insert(0, "tests/python")
from small_builds import RELATIONS
build, published, user = sys.argv[1:]
with duckdb.connect(build) as con:
    if os.geteuid() == 0:
        os.setuid(int(user))
    [row] = publication.attempt(con, Path(published), RELATIONS, 3)
    print(row["outcome"], row["message"])
"""


def test_a_full_disk_is_told_in_one_sentence(tmp_path, published, publish):
    """A limit on the size of files is to DuckDB what a full disk is."""
    publish(1)
    build = make_build(tmp_path / "full" / "revops.duckdb", 2)
    with duckdb.connect(str(build)) as con:
        con.execute("alter table marts.fct_marks add column noise double")
        con.execute("update marts.fct_marks set noise = random()")
        # Small in the build file, large once it is written out.
        con.execute("drop table marts.fct_input_loads")
        con.execute("create view marts.noise as from range(1)")
        con.execute("create table marts.fct_input_loads as select random() as r from range(200000)")
    done = limited(REFUSED, build, published, 0, bytes_in_a_file=build.stat().st_size // 2)
    assert done.stderr == ""
    assert done.stdout == f"not_published {published} cannot be written: File too large.\n"
    assert mark_of(published) == 1
    assert names_beside(published) == []


def test_a_folder_without_rights_is_told_in_one_sentence(tmp_path, publish):
    build = make_build(tmp_path / "without" / "revops.duckdb", 2)
    folder = tmp_path / "published"
    folder.mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    done = limited(REFUSED, build, folder / "revops.duckdb", 65534)
    assert done.stderr == ""
    assert done.stdout == (
        f"not_published {folder / 'revops.duckdb'} cannot be written: Permission denied.\n"
    )


# -- generations -----------------------------------------------------------------------------------


def test_generations_are_kept_and_rolled_back(tmp_path, published, publish):
    for mark in range(1, 6):
        publish(mark)
    assert generations_of(published) == [2, 3, 4]
    for name in names_beside(published):
        assert stat.S_IMODE((published.parent / name).stat().st_mode) == 0o444
    build = tmp_path / "builds" / "5" / "revops.duckdb"
    for mark, left in ((4, [2, 3]), (3, [2])):
        said = publication.roll_back(published, build)
        assert mark_of(published) == mark
        assert generations_of(published) == left
        assert said.startswith(f"Rolled back {published}: readers get the file of 20")
        assert "again, with 1 KPIs, reported up to 2025-12-31." in said
        assert f"\n{len(left)} older generation" in said
        assert said.endswith(f"quality.publications of {build} says so.")
    rows = logged(build)
    assert [row["outcome"] for row in rows] == ["published"] * 2 + ["rolled_back"] * 2
    assert rows[-1]["sha256"] == target.fingerprint(published).sha256
    assert rows[-1]["row_count"] == rows[1]["row_count"] == ROWS + 3
    # The file restored by a rollback is the generation before the next publication.
    publish(6)
    assert generations_of(published) == [2, 3]
    for mark in (3, 2):
        publication.roll_back(published, build)
        assert mark_of(published) == mark
    with pytest.raises(publication.PublicationError) as refused:
        publication.roll_back(published, build)
    assert str(refused.value) == (f"No older generation of {published} is kept: it stays as it is.")
    assert mark_of(published) == 2
    assert len(logged(build)) == 6


def test_a_variable_says_how_many_generations_are_kept(published, publish):
    for mark, kept, left in ((1, 2, []), (2, 2, [1]), (3, 2, [1, 2]), (4, 1, [3]), (5, 0, [])):
        publish(mark, kept=kept)
        assert generations_of(published) == left


@pytest.mark.parametrize("kept", [-1, 2.5, "two", True, None])
def test_a_number_of_generations_that_is_none_is_told(kept, published, publish):
    with pytest.raises(publication.PublicationError) as refused:
        publish(1, kept=kept)
    assert str(refused.value) == (
        f"The variable kept_generations is {kept!r}: it must be a whole number, 0 or more."
    )
    assert not published.exists()


def test_a_killed_swap_does_not_make_the_published_file_its_own_generation(
    tmp_path, published, publish, monkeypatch
):
    publish(1)
    publish(2)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(target.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(3)
    assert mark_of(published) == 2
    publication.roll_back(published, tmp_path / "none.duckdb")
    assert mark_of(published) == 1


def test_generations_are_kept_where_files_have_one_name_only(published, publish, monkeypatch):
    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(target.os, "link", refused)
    for mark in (1, 2, 3):
        publish(mark)
    assert mark_of(published) == 3
    assert generations_of(published) == [1, 2]
    assert all(
        stat.S_IMODE((published.parent / name).stat().st_mode) == 0o444
        for name in names_beside(published)
    )


def test_a_generation_that_is_broken_is_not_put_back(tmp_path, published, publish):
    publish(1)
    publish(2)
    [name] = names_beside(published)
    (published.parent / name).chmod(0o644)
    (published.parent / name).write_bytes(b"no database")
    with pytest.raises(publication.PublicationError, match=r"cannot be read, and .* as it is"):
        publication.roll_back(published, tmp_path / "none.duckdb")
    assert mark_of(published) == 2


def test_logs_beside_either_file_are_not_replayed_by_a_rollback(tmp_path, published, publish):
    publish(1)
    publish(2)
    for path in (published.parent / names_beside(published)[0], published):
        path.chmod(0o644)
        with process(WRITER, path):
            pass
        assert target.log_of(path).exists()
    said = publication.roll_back(published, tmp_path / "none.duckdb")
    assert f"had left beside {published} was removed" in said
    assert mark_of(published) == 1
    assert [name for name in names_beside(published) if name.endswith("wal")] == []


def test_the_load_drop_rule_compares_with_what_was_rolled_back_to(
    tmp_path, published, publish, monkeypatch
):
    monkeypatch.setenv("REVOPS_PUBLISHED_PATH", str(published))
    publish(100)
    publish(40)
    assert loads.published_loads()["published_row_count"].tolist() == [40]
    publication.roll_back(published, tmp_path / "none.duckdb")
    assert loads.published_loads()["published_row_count"].tolist() == [100]


def test_a_rollback_that_no_build_file_can_log_is_logged_by_the_next_publication(
    tmp_path, published, publish
):
    """The build file is absent, or a build has it open."""
    for mark in range(1, 4):
        publish(mark)
    said = publication.roll_back(published, tmp_path / "none.duckdb")
    assert said.endswith("The next publication writes it into quality.publications.")
    assert not (tmp_path / "none.duckdb").exists()
    build = tmp_path / "builds" / "3" / "revops.duckdb"
    with process(
        "import sys, duckdb\nc = duckdb.connect(sys.argv[1])\nprint(1, flush=True)\n"
        "import time\ntime.sleep(120)",
        build,
    ):
        said = publication.roll_back(published, build)
    assert said.endswith("The next publication writes it into quality.publications.")
    publish(4)
    build = tmp_path / "builds" / "4" / "revops.duckdb"
    rows = [row for row in logged(build) if row["published_path"] == str(published)]
    assert [row["outcome"] for row in rows] == ["rolled_back", "rolled_back", "published"]
    assert [row["row_count"] for row in rows] == [ROWS + 3] * 3
    assert [name for name in names_beside(published) if name.startswith(".")] == []
    publish(5)
    assert len(logged(tmp_path / "builds" / "5" / "revops.duckdb")) == 2


def test_a_rollback_waits_for_no_publication(tmp_path, published, publish):
    publish(1)
    publish(2)
    with (
        process(HOLDER, published),
        pytest.raises(publication.PublicationError, match="Another build is publishing"),
    ):
        publication.roll_back(published, tmp_path / "none.duckdb")
    assert mark_of(published) == 2
