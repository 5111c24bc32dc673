"""Open the published file so that it can only be read, and hold each answer to its time.

DuckDB opens the file read-only, has no access to other files or the network, and its settings are
locked. A publication puts another file at the same path: the next question opens that one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from assistants.catalogue import Catalogue
from assistants.words import Language, NotAnsweredError, message

# How long an answer may take, and how many rows it may have.
SECONDS = 10.0
MOST_ROWS = 500
SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "2GB",
    "threads": "2",
    "temp_directory": "",
}


class Queries:
    """Asks the file while one question is answered."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        catalogue: Catalogue,
        seconds: float,
        language: Language,
    ) -> None:
        self.con = con
        self.seconds = seconds
        self.until = time.monotonic() + seconds
        self.language = language
        self.catalogue = catalogue

    def rows(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query as dictionaries; raise NotAnsweredError when time is up."""
        left = self.until - time.monotonic()
        timer = threading.Timer(max(left, 0), self.con.interrupt)
        timer.start()
        try:
            if left <= 0:
                raise duckdb.InterruptException
            found = self.con.execute(sql, values or [])
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        except duckdb.InterruptException:
            told = message("too_long", self.language, asked=f"{self.seconds:g}")
            raise NotAnsweredError("took_too_long", told) from None
        finally:
            timer.cancel()


class Published:
    """The published file, whichever stands at its path. One question is answered at a time."""

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        self.path = path
        self.seconds = seconds
        self._alone = threading.Lock()
        self._opened: tuple[duckdb.DuckDBPyConnection, Catalogue] | None = None
        self._seen: tuple[int, int, int] | None = None

    @contextmanager
    def question(self, language: Language) -> Iterator[Queries]:
        """Give what is needed to answer one question of the file that stands there now."""
        with self._alone:
            con, catalogue = self._open(language)
            yield Queries(con, catalogue, self.seconds, language)

    def close(self) -> None:
        """Close the file."""
        if self._opened:
            self._opened[0].close()
        self._opened = self._seen = None

    def _open(self, language: Language) -> tuple[duckdb.DuckDBPyConnection, Catalogue]:
        """Return the file that stands at the path now, opened, and what its catalogue says."""
        try:
            stat = self.path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._opened and seen == self._seen:
                return self._opened
            # DuckDB gives the file that is open for its path, so that one is closed first.
            self.close()
            con = duckdb.connect(str(self.path), read_only=True, config=SETTINGS)
            con.execute("set lock_configuration = true")
            self._opened, self._seen = (con, Catalogue.read(con)), seen
            return self._opened
        except (OSError, duckdb.Error):
            self.close()
            told = message("not_published", language)
            raise NotAnsweredError("not_published", told) from None
