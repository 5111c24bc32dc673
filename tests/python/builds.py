"""Builds that several tests look at, each made once for all workers of a test run."""

import fcntl
import json

from conftest import DbtRun

# Unit tests have their own place in the whole run: here they would only take time.
BUILD = ["build", "--exclude-resource-type", "unit_test"]
# For worlds whose figures are compared with those of a build that was tested.
UNTESTED_BUILD = ["build", "--exclude-resource-type", "unit_test", "test"]


def once(folder, build):
    """Return the build of a folder, made by `build()` in whichever worker comes first.

    The folder must be the same for all workers: a sibling of the session's `demo_build`.
    """
    folder.mkdir(exist_ok=True)
    done = folder / "result.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            run = build()
            done.write_text(json.dumps([run.returncode, run.output]))
    return DbtRun(folder, *json.loads(done.read_text()))
