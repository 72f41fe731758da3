"""A journal in one SQLite file: embedded, durable, one process. Nothing else need be installed."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlcipher3 import dbapi2 as sqlite

from firsthand.foundation.journal import (
    Admit,
    Batch,
    JournalClosed,
    Limits,
    Order,
    Page,
    Place,
    Receipt,
    Sign,
    Sink,
    UnableToOpen,
    UnableToRead,
    UnableToTruncate,
    check_batch,
    size_within,
)
from firsthand.foundation.journals.sqlite_file import (
    BUSY_WAIT_MS_MAX,
    FILE,
    PAGE_BYTES,
    Connection,
    FolderLock,
    connect,
    open_file,
    prepare_folder,
)
from firsthand.foundation.journals.sqlite_group import SqliteGroup, receipt_of
from firsthand.foundation.journals.sqlite_residue import pages_with_residue, scrub
from firsthand.foundation.journals.sqlite_tables import SqliteReader, SqliteTx
from firsthand.foundation.journals.writer import Work, Writer
from firsthand.foundation.tables import Reader, Table, Tx, by_name, check_rows_max
from firsthand.protocol.merkle import EMPTY_ROOT, UnableToProve, consistency_proof

T = TypeVar("T")
X = TypeVar("X")

_TRY_AGAIN_MS = 20
_SCRUB_PAGES = 500
_RESIDUE_PAGES_MAX = 1 << 25  # see `pages_with_residue`


class SqliteJournal:
    """The `Journal` in `folder`; everything is in one file, so that one commit holds all of it."""

    durable = True

    def __init__(
        self, folder: Path, tables: Sequence[Table], sign: Sign, limits: Limits | None = None
    ) -> None:
        """Open the journal, made new if there is none; raises UnableToOpen.

        After a crash or a power cut this finds exactly what was committed.
        """
        self._limits = limits or Limits()
        if self._limits.pages_max >= _RESIDUE_PAGES_MAX:
            raise UnableToOpen(f"pages_max must be below {_RESIDUE_PAGES_MAX}")
        self._folder = folder
        self._tables = by_name(tables)
        self._sign = sign
        self._leaves = 0
        self._grown = threading.Condition()
        self._closed = False
        prepare_folder(folder)
        self._lock = FolderLock(folder)
        try:
            self._connection = open_file(folder, self._limits, self._tables)
            tx = SqliteTx(self._connection, self._tables, self._limits.rows_cached_max)
            self._group = self._taken_up(tx)
            self._leaves = self._group.latest[0]
            self._beside = connect(folder, self._limits, writes=True)
        except Exception:
            self._lock.release()
            raise
        self._readers: deque[Connection] = deque()
        self._turns = threading.Semaphore(self._limits.readers_max)
        self._files = threading.Lock()
        self._wal_bytes = 0
        self._tidy = threading.Event()
        self._writer = Writer(self._group, self._limits, f"journal {folder.name}")
        self._tidier = threading.Thread(target=self._tidy_up, name="journal files", daemon=True)
        self._tidier.start()

    def _taken_up(self, tx: SqliteTx) -> SqliteGroup:
        """The group that goes on from what the file holds; raises UnableToOpen."""
        try:
            return SqliteGroup(tx, self._sign, self._limits, self._committed)
        except (UnableToProve, UnableToRead) as error:
            raise UnableToOpen(
                f"{self._folder / FILE} is damaged or was changed: {error}. Entries of its log are "
                "missing, or in another order. Put back your last backup of the whole folder"
            ) from error

    def submit(self, work: Callable[[Tx], T], order: Order = Order.PROJECT) -> "Future[T]":
        """Run `work` in the writer's transaction, as `Journal.submit` says."""
        if order is Order.INTAKE:
            raise ValueError("batches come in by append; a work has another order")
        future: Future[T] = Future()
        self._writer.put(Work(future, None, work=work), order)
        return future

    def append(self, batch: Batch, admit: Admit[X]) -> "Future[Receipt | X]":
        """Append a batch if `admit` lets it in, as `Journal.append` says."""
        check_batch(batch)
        future: Future[Receipt | X] = Future()
        self._writer.put(Work(future, None, batch=batch, admit=admit), Order.INTAKE)
        return future

    def offer(self, batch: Batch, admit: Admit[X], ticket: object, sink: Sink) -> None:
        """Append with the outcomes of a group in one call, as `Journal.offer` says."""
        check_batch(batch)
        self._writer.put(Work(ticket, sink, batch=batch, admit=admit), Order.INTAKE)

    def lane(self, tx: Tx, relationship: str, lane: str) -> Place | None:
        """Return where a lane's last batch stands, those admitted in this group included."""
        self._own(tx)
        return self._group.lane(relationship, lane)

    def place(self, tx: Tx, relationship: str, lane: str, n: int) -> Place | None:
        """Return where the batch `n` of a lane stands, or None."""
        self._own(tx)
        return self._group.place(relationship, lane, n)

    def receipt(self, reader: Reader, position: int) -> Receipt:
        """Return a receipt against the latest checkpoint."""
        view = _view(reader)
        return receipt_of(view, position, self._latest(view))

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a consistent view; raises UnableToRead or JournalClosed."""
        if not self._turns.acquire(timeout=self._limits.read_wait_ms_max / 1000):
            raise UnableToRead(f"{self._limits.readers_max} reads are open; each must end soon")
        try:
            connection = self._reader()
            try:
                view = SqliteReader(connection, self._tables)
                view.rows("BEGIN")
                view.size()  # the first reading fixes what is seen
                yield view
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._readers.append(connection)
                if self._closed:
                    self._close_readers()
        finally:
            self._turns.release()

    def batches(
        self,
        reader: Reader,
        after: int,
        *,
        rows_max: int,
        bytes_max: int,
        relationship: str | None = None,
    ) -> Page:
        """Return a page of batches, as `Journal.batches` says."""
        check_rows_max(rows_max)
        return _view(reader).page(after, rows_max, bytes_max, relationship)

    def erase_slice(
        self, tx: Tx, relationship: str, rows_max: int, agreement: str | None = None
    ) -> int:
        """Erase up to `rows_max` batches of a relationship; return how many."""
        self._own(tx)
        return self._group.erase_slice(relationship, rows_max, agreement)

    def truncate(self) -> None:
        """Empty the WAL, and zero the copies of old rows that SQLite leaves inside pages.

        The writer goes on in between; it stops for some milliseconds at a time. Raises
        UnableToTruncate if a read stays open for too long.
        """
        file = self._folder / FILE
        with self._files:
            self._with_empty_wal(lambda: None)
            stale = list(pages_with_residue(file, PAGE_BYTES))
            for start in range(0, len(stale), _SCRUB_PAGES):
                part = stale[start : start + _SCRUB_PAGES]
                self._with_empty_wal(lambda part=part: scrub(file, part, PAGE_BYTES))  # type: ignore[misc]

    def size(self, reader: Reader) -> int:
        """Return the number of leaves."""
        return _view(reader).size()

    def checkpoint(self, reader: Reader) -> str:
        """Return the latest signed checkpoint."""
        return self._latest(_view(reader))[1]

    def consistency(self, reader: Reader, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the tree of `size`, or the latest, adds to that of `old_size`."""
        view = _view(reader)
        return consistency_proof(view.node, old_size, size_within(size, self._latest(view)[0]))

    def nodes(self, reader: Reader, after: int, rows_max: int) -> list[bytes]:
        """Return of each leaf its hash and the nodes that it completed, as `Journal.nodes` says."""
        check_rows_max(rows_max)
        return _view(reader).nodes(after, rows_max)

    def wait(self, after: int, wait_ms_max: int, stop: Callable[[], bool] = bool) -> int:
        """Wait until there are more than `after` leaves, at most so long; return how many are."""
        with self._grown:
            self._grown.wait_for(
                lambda: self._leaves > after or self._closed or stop(), wait_ms_max / 1000
            )
            return self._leaves

    def wake(self) -> None:
        """Let everybody who waits ask its `stop` again."""
        with self._grown:
            self._grown.notify_all()

    def close(self) -> None:
        """Finish what is queued, empty the WAL, let go of the folder."""
        with self._grown:
            if self._closed:
                return
            self._closed = True
            self._grown.notify_all()
        self._tidy.set()
        self._tidier.join()
        self._writer.close()
        self._close_readers()
        self._beside.close()
        self._connection.execute(f"PRAGMA busy_timeout={_TRY_AGAIN_MS}").fetchall()
        _checkpoint(self._connection, "TRUNCATE")
        self._connection.close()
        self._lock.release()

    def _own(self, tx: Tx) -> None:
        if tx is not self._group.tx:
            raise TypeError("this is not the writer's transaction of this journal")

    def _latest(self, view: SqliteReader) -> tuple[int, str]:
        return view.latest() or (0, self._sign(0, EMPTY_ROOT))

    def _reader(self) -> Connection:
        """Return a connection for reading; those given back are used again."""
        if self._closed:
            raise JournalClosed("the journal was closed; nothing more can be read")
        try:
            return self._readers.pop()
        except IndexError:
            pass
        try:
            return connect(self._folder, self._limits, writes=False)
        except sqlite.Error as error:
            raise UnableToRead(f"the file could not be opened once more: {error}") from error

    def _close_readers(self) -> None:
        while self._readers:
            self._readers.pop().close()

    def _committed(self, leaves: int, changed_bytes: int) -> None:
        """Wake those who wait for more, and the tidier once the WAL has grown enough."""
        self._wal_bytes += changed_bytes
        if self._wal_bytes > self._limits.wal_bytes_max:
            self._wal_bytes = 0
            self._tidy.set()
        if leaves != self._leaves:
            with self._grown:
                self._leaves = leaves
                self._grown.notify_all()

    def _tidy_up(self) -> None:
        """Move the WAL into the file: most of it beside the writer, the small rest in its pause.

        Only when nothing is left to move does SQLite start the WAL from its beginning again.
        """
        while True:
            self._tidy.wait()
            if self._closed:
                return
            self._tidy.clear()
            with self._files:
                _checkpoint(self._beside)
                self._writer.between(lambda: _checkpoint(self._connection)).exception()

    def _with_empty_wal(self, work: Callable[[], None]) -> None:
        """Run `work` in the writer's pause with the WAL empty and nothing in the writer's cache."""

        def attempt() -> bool:
            self._connection.execute(f"PRAGMA busy_timeout={_TRY_AGAIN_MS}").fetchall()
            try:
                busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
            except sqlite.OperationalError:
                busy = 1
            finally:
                self._connection.execute(f"PRAGMA busy_timeout={BUSY_WAIT_MS_MAX}").fetchall()
            if busy:
                return False
            self._connection.execute("PRAGMA shrink_memory").fetchall()
            work()
            return True

        pause = threading.Event()
        for _ in range(max(1, self._limits.truncate_wait_ms_max // (2 * _TRY_AGAIN_MS))):
            if self._writer.between(attempt).result():
                return
            pause.wait(_TRY_AGAIN_MS / 1000)
        raise UnableToTruncate(
            f"the WAL in {self._folder} could not be emptied within "
            f"{self._limits.truncate_wait_ms_max} ms: a read is still open"
        )


def _view(reader: Reader) -> SqliteReader:
    if not isinstance(reader, SqliteReader):
        raise TypeError("this view is not one of an SQLite journal")
    return reader


def _checkpoint(connection: Connection, how: str = "PASSIVE") -> None:
    """Move the WAL into the file, as far as it goes; what is left or fails is for the next time.

    The WAL is as durable as the file, so nothing is lost by leaving it.
    """
    try:
        connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
    except sqlite.Error:
        return
