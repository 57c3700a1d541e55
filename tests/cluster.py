"""A throw-away PostgreSQL cluster that a test may stop, kill and start again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.processes import free_port

PG_BIN = Path("/usr/lib/postgresql/15/bin")
START_TRIES = 30


class Cluster:
    """A cluster of its own port and folder; `durable` keeps fsync on, as in production."""

    def __init__(self, *, durable: bool = False, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="dauys-pg-"))
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(self.folder, "postgres")
        self.port = free_port()
        self._data = self.folder / "data"
        place = ["-D", str(self._data), "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"]
        self._run("initdb", *place)
        # Terse, as docs/operations.md asks for: a failed row stays out of the log.
        self._options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c max_connections=200 -k {self.folder}"
            f" -c log_error_verbosity=terse -c fsync={'on' if durable else 'off'}"
        )
        self.start()

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The number of the first process."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    @property
    def runs(self) -> bool:
        """Whether it takes connections."""
        words = [str(PG_BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(words, check=False).returncode == 0

    def start(self) -> None:
        """Start it; after a kill the old children may still hold its memory for a moment."""
        words = ["-D", str(self._data), "-w", "-l", str(self.folder / "log"), "-o", self._options, "start"]
        for left in reversed(range(START_TRIES)):
            try:
                return self._run("pg_ctl", *words)
            except subprocess.CalledProcessError:
                if not left:
                    raise
                time.sleep(0.2)
        return None

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `fast` ends sessions in good order, `immediate` as a crash."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """kill -9 of the first process; its children end when they notice."""
        os.kill(self.pid, signal.SIGKILL)

    def remove(self) -> None:
        """Stop it, if it runs, and delete everything."""
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([*self._user, str(PG_BIN / program), *words], check=True, capture_output=True)
