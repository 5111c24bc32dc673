"""Opens the build file for dbt, or says in one sentence why it cannot be opened.

dbt-duckdb calls this plugin (see profiles.yml) before it connects. It shows a RuntimeError from
here as it is, and any other error with a stack of exceptions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin

from publication.errors import holder, reason


class Plugin(BasePlugin):
    """Tries the connection that dbt-duckdb makes next."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Raise RuntimeError with one sentence if the build file cannot be opened."""
        try:
            # With the same settings: DuckDB refuses two sets of them for one file in one process.
            duckdb.connect(creds.path, config=config).close()
        except duckdb.Error as error:
            raise RuntimeError(refusal(Path(creds.path), error)) from None


def refusal(build: Path, error: duckdb.Error) -> str:
    """Return in one sentence why the build file cannot be opened."""
    if process := holder(error):
        return (
            f"Another build is running (process {process}): it has {build} open. Wait until it has "
            "ended; if that process is no build, close it."
        )
    if not build.parent.is_dir():
        return (
            f"The folder of the build file {build} does not exist: make it, or set "
            "REVOPS_BUILD_PATH to another file."
        )
    return f"The build file {build} cannot be opened: {reason(error)}."
