"""Settings of the Superset that `make superset` starts: one administrator, this machine alone.

Superset reads this file itself (SUPERSET_CONFIG_PATH). All that it writes goes to the folder of
SUPERSET_HOME: the metadata, the key, the log.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy.engine.url import URL

HOME = Path(os.environ["SUPERSET_HOME"])

# Signs the cookies, and encrypts what the metadata hold. It is made at the first start.
SECRET_KEY = (HOME / "secret_key").read_text(encoding="utf-8").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"

# The datasets preset the length of a period and a cut, unless a filter names another one.
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True}

# A figure is asked of the published file each time: a cache would show the one before.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

OPENED = HOME / "opened"
# A query that has just looked for its file may still need the name before the last one.
KEPT_NAMES = 3


def DB_CONNECTION_MUTATOR(
    uri: URL, params: dict[str, Any], *who: object
) -> tuple[URL, dict[str, Any]]:
    """Open each publication of a file under a name of its own; Superset calls this for each query.

    DuckDB gives whoever opens a path the file that another query of the process has open under it.
    While queries overlap, all of them would see the file from before a publication.
    """
    try:
        file = Path(uri.database).resolve()
        found = file.stat()
        own = OPENED / f"{found.st_ino}-{found.st_mtime_ns}" / file.name
        if not own.exists():
            own.parent.mkdir(parents=True, exist_ok=True)
            own.hardlink_to(file)
            by_age = sorted(OPENED.iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
            for old in by_age[:-KEPT_NAMES]:
                shutil.rmtree(old, ignore_errors=True)
    except FileExistsError:
        # Another query has just made it.
        pass
    except OSError:
        # The file is on another disk, or not there: DuckDB says so.
        return uri, params
    return uri.set(database=str(own)), params


SUPERSET_WEBSERVER_TIMEOUT = 300
ROW_LIMIT = 10_000
SQL_MAX_ROW = 10_000
# Plain HTTP on the loopback address has no secure cookies; another site cannot send this one.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
# Five wrong passwords a second are allowed as it comes; a person needs fewer.
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per minute"
RATELIMIT_ENABLED = True
RATELIMIT_APPLICATION = "200 per second"

# Pages load nothing from, and send nothing to, another machine: no maps, no fonts, no counters.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "blob:", "data:"],
        "object-src": ["'none'"],
        # The components draw with styles of their own.
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "worker-src": ["'self'", "blob:"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "frame_options": "DENY",
    "session_cookie_secure": False,
}
