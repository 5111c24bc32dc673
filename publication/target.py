"""The published path: one publisher at a time, an atomic swap, and the generations before.

Beside a published file `revops.duckdb` lie

- `revops.2025-12-31T23-15-00Z.duckdb`, the generations before it, named by when they were written;
- `.revops.duckdb.<process>-<random>.next`, the new file while it is written;
- `.revops.duckdb.lock`, while somebody publishes; the operating system frees it when the process
  ends, however it ends;
- `.revops.duckdb.rollbacks`, rollbacks that the log in the build file could not take yet.
"""

from __future__ import annotations

import datetime
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publication.errors import PublicationError, holder, reason

# How many seconds another publication of the same path is waited for.
PATIENCE = 3600.0
MOMENT = "%Y-%m-%dT%H-%M-%SZ"


@dataclass(frozen=True)
class Place:
    """Where a file is published: `path` is the file itself, `published` what the user calls it."""

    published: Path
    path: Path

    @property
    def note(self) -> Path:
        """The file of the rollbacks that are not in the log yet."""
        return self.path.with_name(f".{self.path.name}.rollbacks")


@dataclass(frozen=True)
class Fingerprint:
    """The marks of a file by which it is recognised."""

    device: int
    inode: int
    byte_count: int
    written_at_ns: int
    sha256: str


def fingerprint(path: Path) -> Fingerprint:
    """Return the fingerprint of a file."""
    with path.open("rb") as content:
        found = os.fstat(content.fileno())
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
    return Fingerprint(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, checksum)


def resolve(published: Path, build: Path) -> Place:
    """Return the place of a published path; a symbolic link is followed, also if it is broken.

    Raises PublicationError if no file can be published there from the build file `build`.
    """
    path = Path(os.path.realpath(published))
    if path == Path(os.path.realpath(build)):
        raise PublicationError(
            f"{published} is the build file too: the published file needs a path of its own."
        )
    if path.is_dir():
        raise PublicationError(
            f"{published} is a folder: REVOPS_PUBLISHED_PATH must name a file, "
            f"such as {published / 'revops.duckdb'}."
        )
    if path.is_symlink():
        raise PublicationError(f"{published} is a symbolic link that leads back to itself.")
    # A folder at the far end of a link may be a disk that is not there: it is not made.
    if published.is_symlink() and not path.parent.is_dir():
        raise PublicationError(
            f"{published} is a symbolic link to {path}, whose folder does not exist."
        )
    return Place(published, path)


def problem_with(published: Path, build: Path) -> str | None:
    """Return in one sentence why nothing could be published there, or None. Changes nothing."""
    try:
        with told_as(f"{published} cannot be written"):
            folder = resolve(published, build).path.parent
            while not folder.exists():
                folder = folder.parent
            if not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"{folder} is no folder")
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, f"no right to write in the folder {folder}")
    except PublicationError as error:
        return str(error)
    return None


@contextmanager
def told_as(trouble: str) -> Iterator[None]:
    """Turn an error of the file system or of DuckDB into a sentence that begins with `trouble`."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise PublicationError(f"{trouble}: {reason(error)}.") from error


def log_of(path: Path) -> Path:
    """Return the write-ahead log of a database file, which DuckDB replays when it opens it."""
    return path.with_name(path.name + ".wal")


def remove(path: Path) -> None:
    """Remove a database file and its write-ahead log, if they are there."""
    path.unlink(missing_ok=True)
    log_of(path).unlink(missing_ok=True)


def remove_log(path: Path) -> str | None:
    """Remove a write-ahead log beside a file that nobody should write to; say so if there was one.

    DuckDB would replay it into whatever file bears the name. Raises PublicationError if a program
    has the file open for writing: its next log would do the same to the file that takes its place.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        file = None
    if file:
        with file:
            try:
                # DuckDB's own lock, which a writer holds and readers share.
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublicationError(_open_for_writing(path)) from None
    if not log_of(path).exists():
        return None
    log_of(path).unlink()
    return f"A write-ahead log that another program had left beside {path} was removed."


def _open_for_writing(path: Path) -> str:
    """Say which process has a file open for writing."""
    process = None
    try:
        duckdb.connect(str(path), read_only=True).close()
    except duckdb.Error as error:
        process = holder(error)
    by = f"process {process}" if process else "another program"
    return f"{path} is open for writing in {by}: close it there, since readers only read it."


class Lock:
    """The operations that are allowed at a place while nobody else publishes there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.path = place.path

    def next_file(self) -> Path:
        """Return a name for the new file that no other attempt has had."""
        return self.path.with_name(f".{self.path.name}.{os.getpid()}-{secrets.token_hex(4)}.next")

    def remove_left_overs(self) -> None:
        """Remove the new files of attempts that were killed. A living one would hold the lock."""
        mark = re.compile(rf"\.{re.escape(self.path.name)}\.(\d+-[0-9a-f]+\.)?next(\.wal)?")
        for file in self.path.parent.iterdir():
            if mark.fullmatch(file.name):
                file.unlink(missing_ok=True)

    def generations(self) -> list[Path]:
        """Return the generations before the published file, oldest first."""
        mark = re.compile(
            rf"{re.escape(self.path.stem)}\.\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\dZ"
            rf"{re.escape(self.path.suffix)}"
        )
        found = sorted(file for file in self.path.parent.iterdir() if mark.fullmatch(file.name))
        # An attempt that was killed between keeping the published file and replacing it leaves
        # two names of the same file.
        return [file for file in found if not (self.path.exists() and file.samefile(self.path))]

    def put(self, next_file: Path, checked: Fingerprint, kept_generations: int) -> str | None:
        """Replace the published file by one that was checked; return what there is to say.

        Raises PublicationError if it is no longer the one that was checked.
        """
        message = remove_log(self.path)
        self._verify(next_file, checked)
        if kept_generations and self.path.exists():
            self._keep()
        os.replace(next_file, self.path)
        for old in self.generations()[: -kept_generations or None]:
            # The publication stands: an old file that cannot be removed changes nothing.
            with suppress(OSError):
                remove(old)
        return message

    def put_back(self, generation: Path, checked: Fingerprint) -> str | None:
        """Replace the published file by a generation before it; return what there is to say."""
        message = remove_log(self.path)
        self._verify(generation, checked)
        os.replace(generation, self.path)
        return message

    def _verify(self, file: Path, checked: Fingerprint) -> None:
        """Raise PublicationError if a file is no longer the one that was checked."""
        if fingerprint(file) != checked:
            raise PublicationError(
                f"Another program changed {file} after it was checked: {self.place.published} "
                "stays as it is."
            )

    def _keep(self) -> None:
        """Give the published file a second name, under which it stays."""
        written = datetime.datetime.fromtimestamp(int(self.path.stat().st_mtime), datetime.UTC)
        if before := self.generations():
            # A copy of an old file must not come before those that it has followed.
            newest = self._moment_of(before[-1]) + datetime.timedelta(seconds=1)
            written = max(written, newest)
        kept = self.path.with_name(f"{self.path.stem}.{written:{MOMENT}}{self.path.suffix}")
        if kept.exists():
            return
        try:
            os.link(self.path, kept)
        except OSError:
            # Some file systems know no second names.
            copy = self.next_file()
            try:
                shutil.copy2(self.path, copy)
                copy.chmod(0o444)
                os.replace(copy, kept)
            finally:
                remove(copy)

    def _moment_of(self, generation: Path) -> datetime.datetime:
        text = generation.name.removeprefix(self.path.stem + ".").removesuffix(self.path.suffix)
        return datetime.datetime.strptime(text, MOMENT).replace(tzinfo=datetime.UTC)


@contextmanager
def only_publisher(place: Place, patience: float = PATIENCE) -> Iterator[Lock]:
    """Wait up to `patience` seconds until nobody else publishes there, and let nobody in.

    Raises PublicationError if another process is not done by then.
    """
    path = place.path.with_name(f".{place.path.name}.lock")
    handle = _locked(path, place, time.monotonic() + patience)
    try:
        with suppress(OSError):
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        yield Lock(place)
    finally:
        # Removed while it is locked: whoever waits for it sees that its name is gone.
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked(path: Path, place: Place, deadline: float) -> int:
    """Return the handle of the lock file, locked."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:
            # Left by a build of another user that was killed: it can be locked all the same.
            handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The publisher before may have removed it between its opening and its locking.
            if os.fstat(handle).st_nlink:
                return handle
        except BlockingIOError:
            if time.monotonic() >= deadline:
                process = os.read(handle, 20).decode() or "unknown"
                os.close(handle)
                raise PublicationError(
                    f"Another build is publishing {place.published} (process {process}): "
                    "try again when it has ended."
                ) from None
            time.sleep(0.05)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
