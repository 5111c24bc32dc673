"""A warm dbt for the tests: imported once, parsed once for each project, forked for each command.

Importing dbt and Great Expectations and parsing the project take most of the time of a small build,
and the tests make dozens of them. `run` is a dbt command in a process of its own all the same: it
has its own files, environment and end.

The first command starts a server, which imports and parses the project. For each other project, and
for each other value of the variables that parsing reads, the server forks a process that parses;
that one forks once more for each command. Compiled templates are kept by their text: another
project, which has most of its files in common, is parsed in half of the time. The graph is linked
once, too (`lean_dbt.py`). A command that is to read the project anew is forked from the server.
Nothing outlives the process that asked for the folder.
"""

import atexit
import contextlib
import fcntl
import functools
import gc
import hashlib
import json
import os
import resource
import runpy
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

import lean_dbt

# All other variables are read when a node runs.
READ_BY_PARSING = ("connectors", "connector_tables", "kept_generations", "kept_history_days")
# The folder of the sockets; it is set for the processes of one test run.
FOLDER = "REVOPS_WARM_DBT"
ROOT = Path(__file__).resolve().parents[2]


# -- the tests' side -------------------------------------------------------------------------------


def run(command, project, env, variables=None, stdin=None, stdout=None, *, reads=False):
    """Run a command on a parsed project and return its exit code.

    `command` is a list of words: `dbt` with its arguments, or a Python file with those of its own
    that runs `dbtRunner`. `variables` are those of the command's --vars. `stdin` and `stdout` are
    open files; stdout takes stderr, too. A command that `reads` parses the project itself.
    """
    with start(command, project, env, variables, stdin, stdout, reads=reads) as connection:
        return int(connection.makefile().readline() or 70)


def start(command, project, env, variables=None, stdin=None, stdout=None, *, reads=False):
    """Start a command as `run` does; the connection gives a line, its exit code, when it ends."""
    parsed_with = {
        name: value for name, value in (variables or {}).items() if name in READ_BY_PARSING
    }
    project = {"folder": str(project), "variables": None if reads else parsed_with}
    message = json.dumps({"command": [str(word) for word in command], "env": env}).encode()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(socket_of(project))
    with Path(os.devnull).open() as nothing:
        descriptors = [(stdin or nothing).fileno(), stdout.fileno()]
        socket.send_fds(connection, [len(message).to_bytes(4, "big")], descriptors)
        connection.sendall(message)
    return connection


def socket_of(project) -> str:
    """Return the socket of the process that has parsed a project, which is started if need be."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "server").exists():
            with (folder / "log").open("w") as log:
                owner = (folder / "owner").read_text()
                subprocess.Popen(
                    [sys.executable, __file__, folder, owner, ROOT],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "GX_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"},
                )
            wait_for(folder / "server", folder)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(folder / "server"))
            connection.sendall(json.dumps(project).encode() + b"\n")
            path = folder / connection.makefile().readline().strip()
    wait_for(path, folder)
    return str(path)


def count(command, kind):
    """Note that a command was run: `warm`, `read` if it parsed the project itself, or `cold`."""
    with (Path(os.environ[FOLDER]) / "commands").open("a") as file:
        file.write(f"{kind} {' '.join(map(str, command))}\n")


def counted() -> dict[str, int]:
    """Return how many commands of each kind were run, and how many projects were parsed."""
    folder = Path(os.environ[FOLDER])
    lines = {}
    for name in ("commands", "projects"):
        path = folder / name
        lines[name] = path.read_text().splitlines() if path.exists() else []
    kinds = [line.split()[0] for line in lines["commands"]]
    counts = {kind: kinds.count(kind) for kind in ("warm", "read", "cold")}
    return counts | {"projects": len(lines["projects"])}


def wait_for(path, folder):
    """Wait until a path is there; where others are at work, parsing takes minutes."""
    for _ in range(12_000):
        if path.exists():
            return
        if path.with_suffix(".failed").exists():
            break
        time.sleep(0.05)
    raise RuntimeError(f"the warm dbt did not start:\n{(folder / 'log').read_text()}")


# -- the server's side -----------------------------------------------------------------------------


def listen(path, owner):
    """Yield connections to a socket for as long as the owner lives."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{path}.new")
        server.listen(64)
        server.settimeout(1)
        # It is seen when it can be connected to.
        Path(f"{path}.new").rename(path)
        while True:
            try:
                connection, _ = server.accept()
            except TimeoutError:
                with contextlib.suppress(ChildProcessError):
                    while os.waitpid(-1, os.WNOHANG) != (0, 0):
                        pass
                if not path.exists() or not is_alive(owner):
                    return
                continue
            connection.setblocking(True)
            yield connection


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def serve_projects(folder, owner, root):
    """Parse the project, fork a process for each other one, and say what its socket is called."""
    # The gate's own modules are left out: each project brings its own.
    import great_expectations  # noqa: F401
    import pandas  # noqa: F401

    keep_templates()
    graph_of = lean_dbt.make_lean()
    # The static parser has threads of its own, for which a fork that parses would wait in vain.
    manifest = parse({"folder": str(root), "variables": {}}, "server", "--no-static-parser")
    lean_dbt.compile_templates(manifest)
    for with_test_edges in (False, True):
        graph_of(manifest, with_test_edges)
    gc.collect()
    gc.freeze()
    known = {}
    for connection in listen(folder / "server", owner):
        with connection:
            asked = connection.makefile().readline()
            name = hashlib.sha256(asked.encode()).hexdigest()[:16]
            if name not in known:
                known[name] = os.fork()
                if not known[name]:
                    connection.close()
                    project = json.loads(asked)
                    is_parsed = project == {"folder": str(root), "variables": {}}
                    parsed = manifest if is_parsed else None
                    in_a_fork(functools.partial(serve_commands, project, name, owner, parsed))
            connection.sendall(name.encode() + b"\n")


def keep_templates():
    """Keep what is made of the text of a template, and of nothing else, for the next one like it.

    dbt keeps parsed macros for tests of its own; here the code of templates is kept as well.
    """
    import dbt_common.tests
    from jinja2 import Environment

    dbt_common.tests.enable_test_caching()
    compile_anew = Environment.compile
    known = {}

    def compile_once(self, source, name=None, filename=None, raw=False, defer_init=False):
        if not isinstance(source, str) or name or filename or raw:
            return compile_anew(self, source, name, filename, raw, defer_init)
        key = (type(self), source)
        if key not in known:
            known[key] = compile_anew(self, source)
        return known[key]

    Environment.compile = compile_once


def parse(project, name, *flags):
    """Parse a project from its folder and return its manifest."""
    from dbt.cli.main import dbtRunner

    folder = Path(os.environ[FOLDER])
    os.chdir(project["folder"])
    os.environ.update(
        DBT_PROFILES_DIR=project["folder"],
        DBT_TARGET_PATH=str(folder / f"{name}.target"),
        DBT_LOG_PATH=str(folder / f"{name}.target"),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    )
    variables = json.dumps(project["variables"])
    outcome = dbtRunner().invoke(["--log-level", "none", *flags, "parse", "--vars", variables])
    if not outcome.success:
        (folder / f"{name}.failed").touch()
        raise RuntimeError(f"{project} cannot be parsed: {outcome.exception}")
    with (folder / "projects").open("a") as file:
        file.write(f"{project['folder']} {variables}\n")
    return outcome.result


def serve_commands(project, name, owner, manifest=None):
    """Parse a project unless that is done, then fork for each command.

    Without variables, not even none, each command parses for itself.
    """
    os.chdir(project["folder"])
    if manifest is None and project["variables"] is not None:
        manifest = parse(project, name)
        gc.collect()
        gc.freeze()
    for connection in listen(Path(os.environ[FOLDER]) / name, owner):
        if not os.fork():
            in_a_fork(functools.partial(run_command, connection, manifest))
        connection.close()


def in_a_fork(function):
    """Run a function and end the process as Python would, without the parent's stack."""
    code = 70
    try:
        code = function() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        end_well()
        os._exit(code)


def end_well():
    """Do what Python does at its end, which a fork leaves out."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


def run_command(connection, manifest):
    """Read a command from its connection, run it, and answer with its exit code."""
    length, descriptors, *_ = socket.recv_fds(connection, 4, 2)
    with connection.makefile("rb", buffering=0) as file:
        message = b""
        while len(message) < int.from_bytes(length, "big"):
            message += file.read(65536)
    asked = json.loads(message)
    stdin, stdout = descriptors
    for old, new in ((stdin, 0), (stdout, 1), (stdout, 2)):
        os.dup2(old, new)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    program, *arguments = asked["command"]
    code = (
        run_dbt(manifest, arguments) if program == "dbt" else run_file(manifest, program, arguments)
    )
    end_well()
    note_time(asked["command"])
    connection.sendall(f"{code}\n".encode())
    return code


def note_time(command):
    """Note the processor time of a command in the folder of the test run."""
    spent = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in spent)
    with (Path(os.environ[FOLDER]) / "seconds").open("a") as file:
        file.write(f"{seconds:.2f} {' '.join(command)}\n")


def run_dbt(manifest, arguments):
    """Run dbt and return how it ends: 1 if a node failed, 2 if dbt could not run."""
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest).invoke(arguments)
    return 0 if outcome.success else 2 if outcome.exception else 1


def run_file(manifest, file, arguments):
    """Run a Python file, whose dbt has parsed the project already if there is a manifest."""
    import dbt.cli.main

    if manifest is not None:
        dbt.cli.main.dbtRunner = functools.partial(dbt.cli.main.dbtRunner, manifest)
    sys.argv = [file, *arguments]
    sys.path[0] = str(Path(file).parent)
    try:
        runpy.run_path(file, run_name="__main__")
    except SystemExit as end:
        return end.code or 0
    return 0


if __name__ == "__main__":
    serve_projects(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
