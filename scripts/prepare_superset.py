"""Bring Superset's metadata up to its version, and give it the one administrator.

Runs in the environment of Superset, for scripts/serve_superset.py: the name is the argument, the
password comes on the standard input.
"""

from __future__ import annotations

import sqlite3
import sys

from sqlalchemy import event
from sqlalchemy.engine import Engine
from superset.app import create_app


@event.listens_for(Engine, "connect")
def _hurry(connection: sqlite3.Connection, record: object) -> None:
    """Leave out waiting for the disk: the hundreds of steps take minutes on a slow one."""
    connection.execute("pragma synchronous = off")


def prepare(name: str, password: str) -> None:
    """Do what `superset db upgrade`, `superset init` and `superset fab create-admin` do."""
    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset.extensions import appbuilder, security_manager

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        user = security_manager.find_user(name)
        if user is None:
            user = security_manager.add_user(
                name,
                "RevOps",
                "Administrator",
                "admin@localhost",
                security_manager.find_role("Admin"),
                password,
            )
        elif not security_manager.auth_user_db(name, password):
            security_manager.reset_password(user.id, password)
        if not user:
            raise SystemExit("The administrator could not be made.")


if __name__ == "__main__":
    prepare(sys.argv[1], sys.stdin.read().strip())
