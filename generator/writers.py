"""Sinks for rows: one CSV per table, or Parquet parts of bounded size.

A sink takes rows as text and forgets them. Parquet goes through a temporary CSV part that DuckDB
casts strictly, so a value of the wrong type stops the run.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TextIO

import duckdb

from generator.tables import TABLES, columns

PART_ROWS = 250_000
"""Rows per Parquet part; a table with more becomes a folder of parts."""


@contextmanager
def swapped_in(out: Path) -> Iterator[Path]:
    """Yield an empty folder, and move its tables into `out` unless an error is raised.

    So the files of before stay whole until all new ones are. The folder lies in `out`, because a
    rename must not leave the file system.
    """
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".next-", dir=out) as name:
        yield Path(name)
        for path in sorted(Path(name).iterdir()):
            if path.suffix != ".csv":
                # As Parquet a table is a file or a folder of parts.
                (out / f"{path.stem}.parquet").unlink(missing_ok=True)
                shutil.rmtree(out / path.stem, ignore_errors=True)
            path.replace(out / path.name)


class CsvSink:
    """Write `<out>/<table>.csv`: UTF-8, LF, RFC 4180 quoting, one header row."""

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.rows = dict.fromkeys(TABLES, 0)
        self._files: dict[str, TextIO] = {}
        self._writers = {}
        for table in TABLES:
            self._open(table)

    def _path(self, table: str) -> Path:
        return self.out / f"{table}.csv"

    def _open(self, table: str) -> None:
        handle = self._path(table).open("w", encoding="utf-8", newline="")
        self._files[table] = handle
        self._writers[table] = csv.writer(handle, lineterminator="\n")
        self._writers[table].writerow(columns(table))

    def write(self, table: str, rows: Iterable[tuple[str, ...]]) -> None:
        """Append rows, each in the column order of the table."""
        rows = list(rows)
        self.rows[table] += len(rows)
        self._writers[table].writerows(rows)

    def close(self) -> None:
        """Finish every file."""
        for handle in self._files.values():
            handle.close()

    def __enter__(self) -> CsvSink:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ParquetSink(CsvSink):
    """Write `<out>/<table>.parquet`, or `<out>/<table>/part-00000.parquet` and on."""

    def __init__(self, out: Path) -> None:
        self._parts = dict.fromkeys(TABLES, 0)
        self._in_part = dict.fromkeys(TABLES, 0)
        self._scratch = out / ".parts"
        self._scratch.mkdir(parents=True, exist_ok=True)
        self._database = duckdb.connect(config={"threads": 1, "memory_limit": "256MB"})
        super().__init__(out)

    def _path(self, table: str) -> Path:
        return self._scratch / f"{table}.csv"

    def write(self, table: str, rows: Iterable[tuple[str, ...]]) -> None:
        """Append rows; turn the part into Parquet once it is full."""
        before = self.rows[table]
        super().write(table, rows)
        self._in_part[table] += self.rows[table] - before
        if self._in_part[table] >= PART_ROWS:
            self._flush(table)
            self._open(table)

    def _flush(self, table: str) -> None:
        """Cast the open part to Parquet. Raises duckdb.ConversionException on a bad value."""
        self._files[table].close()
        part = self.out / table / f"part-{self._parts[table]:05d}.parquet"
        part.parent.mkdir(exist_ok=True)
        names = columns(table)
        casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in names.items())
        text = ", ".join(f"'{name}': 'varchar'" for name in names)
        source, target = (str(path).replace("'", "''") for path in (self._path(table), part))
        self._database.execute(
            f"copy (select {casts} from read_csv('{source}', columns = {{{text}}}, header = true,"
            " auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = ''))"
            f" to '{target}' (format parquet, compression zstd)"
        )
        self._parts[table] += 1
        self._in_part[table] = 0

    def close(self) -> None:
        """Flush what is left, and give tables of a single part a file instead of a folder."""
        for table in TABLES:
            if self._in_part[table] or not self._parts[table]:
                self._flush(table)
            if self._parts[table] == 1:
                only = self.out / table / "part-00000.parquet"
                only.rename(self.out / f"{table}.parquet")
                only.parent.rmdir()
        super().close()
        self._database.close()
        shutil.rmtree(self._scratch)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            CsvSink.close(self)
            self._database.close()
            shutil.rmtree(self._scratch)
