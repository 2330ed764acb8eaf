"""The parent of one service of the local stack: restarts it when it exits, as Kubernetes would, and
records each exit.

A program of its own, one for each service (supervised.py starts it), in a session of its own. It stays
in memory, so it imports little, and nothing of this package. It sleeps until a signal comes:
  SIGTERM  the stack stops the service: pass it on, restart nothing any more, leave once it is gone
  SIGUSR1  the stack kills the service: the same with SIGKILL
  SIGCHLD  the service has exited

A full disk does not end it: a file that cannot be written is kept in memory and written later. Only
its own pid file must be written before it starts anything, as the stack finds it by that.
"""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time

# The delays of a crash loop double: 0.5, 1, 2, ... 60 seconds. The first one is long enough for `stack up`
# to see that the service exited at start, and to leave it so.
DELAY_SECONDS_FIRST = 0.5
DELAY_SECONDS_MAX = 60
BACKOFF_RESET_SECONDS = 120  # after a run of this length the first delay holds again

LOG_BYTES_MAX = 10 * 1024 * 1024  # a larger log is put aside (one generation) at the next start
EXITS_KEPT_MAX = 50  # the newest
EXIT_LOG_LINES_MAX = 15
EXIT_LOG_BYTES_MAX = 8 * 1024

WRITE_RETRY_SECONDS = 5  # of a state file; any signal is another occasion

EXIT_CANNOT_START = 127  # as a shell has it

STOP, KILL = signal.SIGTERM, signal.SIGUSR1
REQUESTS = (STOP, KILL)
SIGNALS = (*REQUESTS, signal.SIGCHLD)
# What a service in order dies of when the stack stops or kills it.
REQUESTED_SIGNALS = (signal.SIGTERM, signal.SIGKILL)


def next_delay(delay, ran_seconds):
    """Seconds before the next start, after a run that the last `delay` (0 before the first) led to."""
    if ran_seconds >= BACKOFF_RESET_SECONDS:
        return DELAY_SECONDS_FIRST
    return min(max(2 * delay, DELAY_SECONDS_FIRST), DELAY_SECONDS_MAX)


def is_requested_exit(exit_code, number):
    """Of a service that was told to stop: a crash on the way is not what was requested."""
    return exit_code == 0 or number in REQUESTED_SIGNALS


def process_stat(pid):
    """(state, start time in clock ticks since boot), or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            # The second field is the command in parentheses, which may hold anything.
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


def write_atomically(path, text, mode=0o644):
    """A reader sees the old file or the new one, never half of it."""
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def pid_file_text(pid):
    """'PID STARTTIME', '' when there is no such process."""
    stat = process_stat(pid)
    return f"{pid} {stat[1]}\n" if stat else ""


def open_log(path):
    """(descriptor for appending, where its end is now)"""
    try:
        if os.stat(path).st_size > LOG_BYTES_MAX:
            os.replace(path, f"{path}.1")
    except FileNotFoundError:
        pass
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    return descriptor, os.fstat(descriptor).st_size


def log_lines(path, begin):
    """The last lines of what was written since `begin`."""
    try:
        with open(path, "rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(begin, end - EXIT_LOG_BYTES_MAX))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-EXIT_LOG_LINES_MAX:]


def read_exits(path):
    """{"restarts": how many, "exits": [the newest records of Supervisor.record_exit, oldest first]}"""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"restarts": 0, "exits": []}


class StateFiles:
    """Writes files, now or later: one that cannot be written (ENOSPC) is kept until it can be."""

    def __init__(self):
        self.unwritten = {}  # path: text

    def write(self, path, text):
        known = path in self.unwritten
        self.unwritten[path] = text
        errors = self.retry()
        if path in errors and not known:
            log_line(f"cannot write {path}: {errors[path].strerror}; trying again")

    def retry(self):
        """{path: error} of what still cannot be written."""
        errors = {}
        for path, text in list(self.unwritten.items()):
            try:
                write_atomically(path, text)
            except OSError as error:
                errors[path] = error
            else:
                del self.unwritten[path]
        return errors


class SupervisorError(Exception):
    """Why it starts nothing."""


class Supervisor:
    """Owns `<name>.pid`, `<name>.supervisor.pid`, `<name>.supervisor.lock` and `<name>.exits.json` in
    the run folder."""

    def __init__(self, folder, name, log_file, argv):
        self.name = name
        self.lock_file = os.path.join(folder, f"{name}.supervisor.lock")
        self.pid_file = os.path.join(folder, f"{name}.pid")
        self.own_pid_file = os.path.join(folder, f"{name}.supervisor.pid")
        self.exits_file = os.path.join(folder, f"{name}.exits.json")
        self.log_file, self.argv = log_file, argv
        self.state = read_exits(self.exits_file)
        self.files = StateFiles()
        self.child = None
        self.log_begin = 0
        self.requested = False

    def claim(self):
        """Makes this the one supervisor of the name, until it ends. Raises SupervisorError."""
        try:
            lock = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.pwrite(lock, f"{os.getpid():<20}\n".encode(), 0)  # for the message below
            write_atomically(self.own_pid_file, pid_file_text(os.getpid()))
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode().strip()
            raise SupervisorError(f"{self.name} has a supervisor already, pid {holder}, which holds "
                                  f"{self.lock_file}; to end both: kill {holder}") from None
        except OSError as error:
            raise SupervisorError(f"{self.name} is not started: cannot write {self.own_pid_file}: "
                                  f"{error.strerror}") from None

    def run(self):
        delay = 0
        while True:
            begin = time.monotonic()
            exit_code = number = None
            try:
                self.start()
            except OSError as error:
                exit_code, log = EXIT_CANNOT_START, [f"cannot start {self.argv[0]}: {error}"]
                signal_started()
            else:
                signal_started()
                exit_code, number = self.wait()
                log = log_lines(self.log_file, self.log_begin)
            if self.requested and is_requested_exit(exit_code, number):
                return
            ran_seconds = time.monotonic() - begin
            delay = next_delay(delay, ran_seconds)
            record = self.record_exit(exit_code, number, ran_seconds, delay, log)
            if self.requested or signal.sigtimedwait(REQUESTS, delay) is not None:
                return
            record["restarted"] = True
            self.state["restarts"] += 1
            self.write_state()

    def start(self):
        """Raises OSError when the program cannot be started, and for nothing else."""
        log = self.open_log()
        try:
            self.child = os.posix_spawn(
                self.argv[0], self.argv, os.environ, setsid=True, setsigmask=(),
                # Python ignores these, and a program would inherit that.
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
                file_actions=((os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)))
        finally:
            os.close(log)
        self.files.write(self.pid_file, pid_file_text(self.child))

    def open_log(self):
        try:
            log, self.log_begin = open_log(self.log_file)
        except OSError as error:
            log_line(f"cannot open {self.log_file}: {error.strerror}; logging to the one that is open")
            log = os.dup(2)
            self.log_begin = os.fstat(log).st_size
        return log

    def wait(self):
        """(exit code, None) or (None, signal) of the service. What the stack requests meanwhile is
        passed on, and what could not be written is tried again."""
        while True:
            number = self.next_signal()
            self.files.retry()
            if number in REQUESTS:
                self.requested = True
                os.kill(self.child, signal.SIGTERM if number == STOP else signal.SIGKILL)
                os.kill(self.child, signal.SIGCONT)  # a paused one hears it, too
            # A service that is paused or goes on sends SIGCHLD as well.
            exited = os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG)
            if exited is not None:
                break
        self.files.unwritten.pop(self.pid_file, None)  # of nobody any more
        if exited.si_code == os.CLD_EXITED:
            return exited.si_status, None
        return None, exited.si_status

    def next_signal(self):
        """None when it is time to write again what could not be written."""
        if not self.files.unwritten:
            return signal.sigwait(SIGNALS)
        told = signal.sigtimedwait(SIGNALS, WRITE_RETRY_SECONDS)
        return told and told.si_signo

    def record_exit(self, exit_code, number, ran_seconds, delay, log):
        """Of a crash, or of an exit that the stack did not request. The file lasts until `stack down`."""
        exits = self.state["exits"]
        record = {
            "n": exits[-1]["n"] + 1 if exits else 1,
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "exit_code": exit_code,  # None: a signal ended it; EXIT_CANNOT_START: it never ran
            "signal": number,  # None: it exited
            "ran_seconds": round(ran_seconds, 1),
            "log": log,  # the last lines of this run
            "requested": self.requested,  # True: the stack told it to stop, and it crashed on the way
            "delay_seconds": delay,  # before the restart
            "restarted": False,  # True once the delay is over
        }
        self.state["exits"] = [*exits, record][-EXITS_KEPT_MAX:]
        self.write_state()
        return record

    def write_state(self):
        self.files.write(self.exits_file, json.dumps(self.state, indent=1) + "\n")


def log_line(text):
    """Into the log of the service. A full disk has no room for it either."""
    with contextlib.suppress(OSError):
        os.write(2, f"supervisor: {text}\n".encode())


def signal_started():
    """Whoever started this program reads its output to the end: nothing, once it has started the
    service, or why it starts nothing. The log of the service takes what Python has to say."""
    os.dup2(2, 1)


def main():
    # An ignored SIGCHLD, which is inherited, would have the kernel collect the service.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    supervisor = Supervisor(*sys.argv[1:4], sys.argv[4:])
    try:
        supervisor.claim()
    except SupervisorError as error:
        print(error, flush=True)
        return 1
    supervisor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
