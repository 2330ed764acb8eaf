"""Processes of the stack. A pid file holds the pid and the start time that /proc/<pid>/stat gave
for it: a pid that was reused since belongs to somebody else and is never signalled."""

import json
import os
import select
import signal
import socket
import subprocess
import time

from . import StackError
from .settings import write_atomically

LOG_BYTES_MAX = 10 * 1024 * 1024  # a larger log is put aside (one generation) at the next start


def _stat(pid):
    """(state, start time in clock ticks since boot), or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            # The second field is the command in parentheses, which may hold anything.
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


class Process:
    def __init__(self, settings, name):
        self.name = name
        self.pid_file = settings.run / f"{name}.pid"
        self.log_file = settings.logs / f"{name}.log"
        self._log_start = 0

    def pid(self):
        """The pid while the process is alive, else None."""
        try:
            pid, started = (int(word) for word in self.pid_file.read_text().split())
        except (OSError, ValueError):
            return None
        stat = _stat(pid)
        # A zombie is dead; whoever is its parent may never collect it.
        return pid if stat and stat[1] == started and stat[0] not in "ZX" else None

    def _descriptor(self):
        """(pid, pidfd) of the living process. The pidfd is taken first and the start time compared
        afterwards, so what is signalled through it is what was compared."""
        pid = self.pid()
        if pid is None:
            return None
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        if self.pid() != pid:
            os.close(descriptor)
            return None
        return pid, descriptor

    def start(self, argv, environment, folder):
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES_MAX:
            os.replace(self.log_file, self.log_file.with_suffix(".log.1"))
        with open(self.log_file, "ab") as log:
            self._log_start = log.tell()
            child = subprocess.Popen(
                [str(word) for word in argv], env=environment, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        child.returncode = 0  # it outlives this command: nobody here waits for it
        stat = _stat(child.pid)
        if stat:
            write_atomically(self.pid_file, f"{child.pid} {stat[1]}\n")

    def send(self, number):
        """True when there was a process to signal."""
        found = self._descriptor()
        if not found:
            return False
        _, descriptor = found
        try:
            signal.pidfd_send_signal(descriptor, number)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)
        return True

    def kill(self):
        """SIGKILL, and waits until it is gone with all its threads: only then are its ports free.
        The pid file stays, as after a crash. True when there was a process to kill."""
        found = self._descriptor()
        if not found:
            return False
        _, descriptor = found
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            _gone(descriptor, 10)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)
        return True

    def stop(self, seconds):
        """SIGTERM; SIGKILL for what is left after `seconds`. Returns whether it went by itself
        (True), had to be killed (False), or was not there (None)."""
        found = self._descriptor()
        if not found:
            self.pid_file.unlink(missing_ok=True)
            return None
        _, descriptor = found
        willing = True
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)
            signal.pidfd_send_signal(descriptor, signal.SIGCONT)  # a paused one hears it, too
            if not _gone(descriptor, seconds):
                willing = False
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                _gone(descriptor, 10)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)
        self.pid_file.unlink(missing_ok=True)
        return willing

    def how_it_ended(self):
        """Of a process that is gone without having been stopped by us. Nobody here is its parent, so
        only its own last line can tell an exit code."""
        try:
            with open(self.log_file, "rb") as log:
                log.seek(max(0, self.log_file.stat().st_size - 4096))
                last = log.read().decode("utf-8", "replace").splitlines()[-1]
            told = json.loads(last)
            if told["message"] == "leaving":
                return f"it has ended with exit code {told['exit_code']}"
        except (OSError, ValueError, LookupError, TypeError):
            pass
        return f"it is gone, and has not said why (crashed, killed): {self.log_file}"

    def log_tail(self, lines=15):
        """The end of what it wrote since this command started it."""
        try:
            with open(self.log_file, "rb") as log:
                log.seek(self._log_start)
                text = log.read()[-64 * 1024:].decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join("    " + line for line in text.splitlines()[-lines:])

    def wait_ready(self, why_not, seconds):
        """Polls `why_not()` until it returns None. Raises with its last answer, and with the end of
        the log, when the process dies or time is up."""
        begin = time.monotonic()
        while True:
            alive = self.pid() is not None
            reason = why_not()
            if alive and reason is None:
                return time.monotonic() - begin
            if not alive:
                raise StackError(f"{self.name} ended at its start; {self.log_file} says:\n"
                                 f"{self.log_tail() or '    (nothing)'}")
            if time.monotonic() - begin > seconds:
                raise StackError(f"{self.name} is not ready after {seconds} s: {reason}\n"
                                 f"the end of {self.log_file}:\n{self.log_tail()}")
            time.sleep(0.1)


def _gone(descriptor, seconds):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def port_is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections in TIME_WAIT do not count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def holder_of(port):
    """'pid 12 (redis-server)' of who listens on the port, '' when that cannot be seen (another
    user's process, another container)."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table, encoding="ascii") as rows:
                for row in list(rows)[1:]:
                    fields = row.split()
                    if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                        inodes.add(f"socket:[{fields[9]}]")
        except OSError:
            continue
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{descriptor}") in inodes:
                    with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as name:
                        return f"pid {pid} ({name.read().strip()})"
        except OSError:
            continue
    return ""


def require_free(port, what, instead=""):
    deadline = time.monotonic() + 3  # a process that is just dying still holds its ports
    while time.monotonic() < deadline:
        if port_is_free(port):
            return
        time.sleep(0.1)
    holder = holder_of(port) or "a process that cannot be seen from here"
    example = port // 1000 * 1000 + 11000 if port < 20000 else 18000
    raise StackError(
        f"port {port} ({what}) is in use by {holder}.\n"
        "Stop it, or move every port of this stack with TELEX_STACK_PORT_BASE, for example "
        f"{example}{instead}.")
