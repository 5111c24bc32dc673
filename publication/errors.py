"""Errors from outside the project, in one sentence."""

from __future__ import annotations

import re

import duckdb

# "Conflicting lock is held in /usr/bin/python3 (PID 4711). See also https://…"
HOLDER = re.compile(r"Conflicting lock is held in .*?\bPID (\d+)", re.DOTALL)


class PublicationError(Exception):
    """Nothing was published; the text is one sentence for people."""


def reason(error: OSError | duckdb.Error) -> str:
    """Return why something could not be read or written, without the paths that DuckDB repeats."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = str(error).splitlines()[0]
    system = re.search(r'\bfile ".*": (.+)', first)
    return (system[1] if system else first.removeprefix("IO Error: ")).rstrip(". ")


def holder(error: duckdb.Error) -> int | None:
    """Return the process that has the file open, by DuckDB's own words; None if it is no lock."""
    found = HOLDER.search(str(error))
    return int(found[1]) if found else None
