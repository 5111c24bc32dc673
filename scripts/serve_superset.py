"""Start Superset on this machine alone, with the dashboard of `superset/assets`.

    .venv-superset/bin/python scripts/serve_superset.py [--port 8088]

`make superset` installs the environment and runs it. All that Superset writes goes to
`build/superset` (REVOPS_SUPERSET_HOME): its metadata in SQLite, its key, its log and the password
of the administrator, which are made at the first start. A later start updates what is there by the
files. Ctrl+C ends the server.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import FrameType

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts import superset_assets  # noqa: E402

CONFIG = ROOT / "superset" / "superset_config.py"
ADMINISTRATOR = "admin"
# How many seconds the server may take until it answers.
PATIENCE = 120.0
PREPARE = ROOT / "scripts" / "prepare_superset.py"


class SupersetError(Exception):
    """Says in a sentence why Superset is not served."""


def serve(home: Path, published: Path, port: int) -> None:
    """Serve Superset until the process is told to end. Raises SupersetError if it cannot."""
    if not published.is_file():
        raise SupersetError(f"{published} is not there: run `make build` first.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SupersetError(
                f"Port {port} is taken: run `make superset PORT=...` with another one."
            ) from None
    password = prepare(home)
    with (home / "server.log").open("a", encoding="utf-8") as log:
        server = start(home, port, log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(server, address, home)
        load(address, password, superset_assets.bundle(published))
        print(f"{address}/superset/dashboard/{superset_assets.DASHBOARD}/")
        print(f"User {ADMINISTRATOR}, password {password} (it stands in {password_file(home)})")
        print("Superset shows the published file until you press Ctrl+C.", flush=True)
        if server.wait():
            raise SupersetError(f"Superset has ended: {home / 'server.log'} says why.")
    finally:
        stop(server)


def password_file(home: Path) -> Path:
    """Return where the password of the administrator stands."""
    return home / "admin_password"


def environment(home: Path) -> dict[str, str]:
    """Return the variables that Superset is started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUPERSET_")}
    return {
        **kept,
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(CONFIG),
        "FLASK_APP": "superset.app:create_app()",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def prepare(home: Path) -> str:
    """Make the folder, the key, the metadata and the administrator; return their password."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    if not (home / "secret_key").exists():
        write_secret(home / "secret_key", secrets.token_urlsafe(48))
    kept = password_file(home)
    password = kept.read_text(encoding="utf-8").strip() if kept.exists() else ""
    shutil.rmtree(home / "opened", ignore_errors=True)
    lock = (ROOT / "requirements-superset.lock").read_text(encoding="utf-8")
    stamp = home / "prepared_for.lock"
    if password and stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return password
    password = password or secrets.token_urlsafe(15)
    print("Preparing Superset (once; half a minute) ...", flush=True)
    done = subprocess.run(
        [sys.executable, PREPARE, ADMINISTRATOR],
        input=password,
        cwd=home,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (home / "prepare.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode:
        raise SupersetError(f"Superset cannot be prepared: {home / 'prepare.log'} says why.")
    write_secret(kept, password)
    stamp.write_text(lock, encoding="utf-8")
    return password


def write_secret(path: Path, text: str) -> None:
    """Write a file that its owner alone may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def start(home: Path, port: int, log: io.TextIOBase) -> subprocess.Popen:
    """Start the server: one process, since all its threads share one opened file."""
    return subprocess.Popen(
        [
            Path(sys.executable).with_name("gunicorn"),
            *("--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", "8"),
            *("--timeout", "120", "--graceful-timeout", "5"),
            "superset.app:create_app()",
        ],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        # Ctrl+C goes to this process, which ends the server.
        start_new_session=True,
    )


def stop(server: subprocess.Popen) -> None:
    """End the server."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for(server: subprocess.Popen, address: str, home: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if requests.get(f"{address}/health", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.3)
    raise SupersetError(f"Superset does not start: {home / 'server.log'} says why.")


def logged_in(address: str, password: str) -> requests.Session:
    """Return a session of the administrator, which may change what Superset holds."""
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    answer = session.post(
        f"{address}/api/v1/security/login",
        json={"username": ADMINISTRATOR, "password": password, "provider": "db"},
        timeout=60,
    )
    if not answer.ok:
        raise SupersetError(f"Superset refuses the login: {answer.text}")
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    answer = session.get(f"{address}/api/v1/security/csrf_token/", timeout=60)
    session.headers["X-CSRFToken"] = answer.json()["result"]
    session.headers["Referer"] = address
    return session


def load(address: str, password: str, files: dict[str, str]) -> None:
    """Give Superset the files: what it has under the same ids is updated, the rest is made.

    The endpoints of single kinds, such as /api/v1/dashboard/import/, leave charts and datasets as
    they are.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, text in files.items():
            bundle.writestr(f"assets/{name}", text)
    answer = logged_in(address, password).post(
        f"{address}/api/v1/assets/import/",
        files={"bundle": ("assets.zip", packed.getvalue(), "application/zip")},
        data={"passwords": json.dumps({})},
        timeout=300,
    )
    if not answer.ok:
        raise SupersetError(f"Superset refuses superset/assets: {answer.text}")


def ended(number: int, frame: FrameType | None) -> None:
    """Let a signal end the process as Ctrl+C does."""
    raise KeyboardInterrupt


def main() -> int:
    """Serve what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8088)
    given = parser.parse_args()
    home = ROOT / (os.environ.get("REVOPS_SUPERSET_HOME") or "build/superset")
    published = ROOT / (os.environ.get("REVOPS_PUBLISHED_PATH") or "published/revops.duckdb")
    signal.signal(signal.SIGTERM, ended)
    try:
        serve(home, published, given.port)
    except KeyboardInterrupt:
        print()
    except SupersetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
