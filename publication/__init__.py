"""The publication: how a new file for readers takes the place of the old one.

`content` writes and checks a database file, `target` swaps files at the published path, `log` keeps
what happened, `history` compares a publication with the one before, `connection` opens the build
file for dbt. This module does a whole publication or a whole way back with them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from publication import content, history, log, target
from publication.errors import PublicationError

__all__ = ["PublicationError", "attempt", "publish", "roll_back"]


def attempt(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    relations: Iterable[content.Relation],
    kept_generations: int,
    kept_history_days: int = history.KEPT_DAYS,
) -> list[log.Row]:
    """Publish, and return the rows for the log, also if it failed.

    The rows before the last one are rollbacks that could not be logged when they were made. What
    may go wrong outside of the project (a full disk, a folder without rights) is a row with the
    outcome `not_published`: dbt would show an exception of a Python model with its whole stack.
    """
    try:
        return publish(
            con, published, relations, kept_generations, kept_history_days=kept_history_days
        )
    except PublicationError as error:
        return [log.row("not_published", published, message=str(error))]


def publish(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    relations: Iterable[content.Relation],
    kept_generations: int,
    patience: float = target.PATIENCE,
    kept_history_days: int = history.KEPT_DAYS,
) -> list[log.Row]:
    """Write a new file from the database of `con` and swap it in; return the rows for the log.

    `patience` is how many seconds another publication of the same path is waited for,
    `kept_history_days` for how long moved figures are remembered. Raises PublicationError, in which
    case the published file is as before.
    """
    if type(kept_generations) is not int or kept_generations < 0:
        raise PublicationError(
            f"The variable kept_generations is {kept_generations!r}: "
            "it must be a whole number, 0 or more."
        )
    [[build]] = con.execute(
        "select coalesce(path, '') from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    with target.told_as(f"{published} cannot be written"):
        place = target.resolve(published, Path(build))
        place.path.parent.mkdir(parents=True, exist_ok=True)
        with target.only_publisher(place, patience) as lock:
            lock.remove_left_overs()
            noted = log.noted(place.note)
            next_file = lock.next_file()
            try:
                # A cursor of its own: a transaction of DuckDB may write to one database only.
                apart = con.cursor()
                moment = history.bring_up_to_date(apart, place.path, kept_history_days)
                content.write(apart, next_file, relations)
                next_file.chmod(0o444)
                written = target.fingerprint(next_file)
                facts = content.check(next_file)
                message = lock.put(next_file, written, kept_generations)
            except BaseException:
                with suppress(OSError):
                    target.remove(next_file)
                raise
            row = log.row(
                "published",
                published,
                byte_count=written.byte_count,
                sha256=written.sha256,
                message=message,
                **facts,
                **({"published_at": moment} if moment else {}),
            )
            with suppress(OSError):
                place.note.unlink()
    return [*noted, row]


def roll_back(published: Path, build: Path) -> str:
    """Put the generation before in place of the published file, log it, and say what readers get.

    It is logged in the build file; where there is none, or a build has it, beside the published
    file, from where the next publication takes it. Raises PublicationError if nothing was rolled
    back.
    """
    with target.told_as(f"{published} cannot be rolled back"):
        place = target.resolve(published, build)
        if not place.path.parent.is_dir():
            raise PublicationError(f"Nothing was published as {published} yet.")
        with target.only_publisher(place, patience=0) as lock:
            *older, before = lock.generations() or [None]
            if before is None:
                raise PublicationError(
                    f"No older generation of {published} is kept: it stays as it is."
                )
            with target.told_as(f"{before} cannot be read, and {published} stays as it is"):
                target.remove_log(before)
                restored = target.fingerprint(before)
                facts = content.check(before)
            message = lock.put_back(before, restored)
            row = log.row(
                "rolled_back",
                published,
                byte_count=restored.byte_count,
                sha256=restored.sha256,
                message=message,
                **facts,
            )
            logged = log.append_or_note(build, place.note, row)
    return _said_of(row, place.path, len(older), logged)


def _said_of(row: log.Row, path: Path, left: int, logged: str) -> str:
    """Return in words what a rollback did: `left` older generations are still kept."""
    written = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    lines = [
        f"Rolled back {row['published_path']}: readers get the file of "
        f"{written:%Y-%m-%d %H:%M} UTC again, with {row['kpi_count']} KPIs, reported up to "
        f"{row['reporting_date']}.",
        f"{left} older {'generation is' if left == 1 else 'generations are'} kept. "
        "The next `make build` publishes anew and compares its loads with this file.",
        row["message"],
        logged,
    ]
    return "\n".join(filter(None, lines))
