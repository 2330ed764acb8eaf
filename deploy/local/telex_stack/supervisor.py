"""The parent of one service of the local stack: starts it again when it ends, as Kubernetes would, and
keeps what is known of each ending.

A program of its own, one for each service (supervised.py starts it), in a session of its own. It stays
in memory, so it imports little, and nothing of this package. It sleeps until a signal comes:
  SIGTERM  the stack stops the service: pass it on, start nothing any more, leave once it is gone
  SIGUSR1  the stack kills the service: the same with SIGKILL
  SIGCHLD  the service has ended
"""

import json
import os
import signal
import sys
import time

# The delays of a crash loop double: 0.5, 1, 2, ... 60 seconds. The first one is long enough for `stack up`
# to see that the service has ended at its start, and to leave it so.
DELAY_SECONDS_FIRST = 0.5
DELAY_SECONDS_MAX = 60
RAN_WELL_SECONDS = 120  # after a run of this length the first delay holds again

LOG_BYTES_MAX = 10 * 1024 * 1024  # a larger log is put aside (one generation) at the next start
ENDINGS_KEPT_MAX = 50  # the newest
ENDING_LOG_LINES_MAX = 15
ENDING_LOG_BYTES_MAX = 8 * 1024

EXIT_CANNOT_START = 127  # as a shell has it

STOP, KILL = signal.SIGTERM, signal.SIGUSR1
REQUESTS = (STOP, KILL)
SIGNALS = (*REQUESTS, signal.SIGCHLD)
# What a stop or a kill by the stack does to a service that is in order.
ENDS_OF_A_REQUEST = (signal.SIGTERM, signal.SIGKILL)


def delay_seconds(runs):
    """How long to wait before the next start, when the runs so far lasted so many seconds, the newest
    last."""
    quick = 0
    for seconds in reversed(runs):
        if seconds >= RAN_WELL_SECONDS:
            break
        quick += 1
    # The exponent is bounded, as what it makes is.
    return min(DELAY_SECONDS_FIRST * 2 ** min(max(quick - 1, 0), 16), DELAY_SECONDS_MAX)


def is_as_asked(exit_code, number):
    """True of the ending of a service in order that was told to end. A crash while it stops is not."""
    return exit_code == 0 or number in ENDS_OF_A_REQUEST


def process_stat(pid):
    """(state, start time in clock ticks since boot), or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            # The second field is the command in parentheses, which may hold anything.
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])


def replace_file(path, text, mode=0o644):
    """A reader sees the old file or the new one, never half of it."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(temporary, path)


def write_pid_file(path, pid):
    stat = process_stat(pid)
    if stat:
        replace_file(path, f"{pid} {stat[1]}\n")


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
            log.seek(max(begin, end - ENDING_LOG_BYTES_MAX))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-ENDING_LOG_LINES_MAX:]


def read_endings(path):
    """{"ended": how often, "restarted": how often, "endings": [the newest, see Supervisor.keep]}"""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"ended": 0, "restarted": 0, "endings": []}


class Supervisor:
    """Owns `<name>.pid`, `<name>.supervisor.pid` and `<name>.endings.json` in the run folder."""

    def __init__(self, folder, name, log_file, argv):
        self.pid_file = os.path.join(folder, f"{name}.pid")
        self.own_pid_file = os.path.join(folder, f"{name}.supervisor.pid")
        self.endings_file = os.path.join(folder, f"{name}.endings.json")
        self.log_file, self.argv = log_file, argv
        self.known = read_endings(self.endings_file)
        self.child = None
        self.log_begin = 0
        self.asked = False

    def run(self):
        # An ignored SIGCHLD, which is inherited, would have the kernel collect the service.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        write_pid_file(self.own_pid_file, os.getpid())
        runs = []
        while True:
            begin = time.monotonic()
            exit_code = number = None
            try:
                self.start()
            except OSError as error:
                exit_code, told = EXIT_CANNOT_START, [f"cannot start {self.argv[0]}: {error}"]
                tell_begun()
            else:
                tell_begun()
                exit_code, number = self.wait()
                told = log_lines(self.log_file, self.log_begin)
            if self.asked and is_as_asked(exit_code, number):
                return
            runs = [*runs[-16:], time.monotonic() - begin]
            delay = delay_seconds(runs)
            self.keep(exit_code, number, runs[-1], delay, told)
            if self.asked or signal.sigtimedwait(REQUESTS, delay) is not None:
                return
            self.known["restarted"] += 1
            self.known["endings"][-1]["restarted"] = True
            self.write()

    def start(self):
        log, self.log_begin = open_log(self.log_file)
        try:
            self.child = os.posix_spawn(
                self.argv[0], self.argv, os.environ, setsid=True, setsigmask=(),
                # Python ignores these, and a program would inherit that.
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),
                file_actions=((os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)))
        finally:
            os.close(log)
        write_pid_file(self.pid_file, self.child)

    def wait(self):
        """(exit code, None) or (None, signal) of the service. What the stack asks for meanwhile is
        passed on."""
        while True:
            number = signal.sigwait(SIGNALS)
            if number in REQUESTS:
                self.asked = True
                os.kill(self.child, signal.SIGTERM if number == STOP else signal.SIGKILL)
                os.kill(self.child, signal.SIGCONT)  # a paused one hears it, too
            # A service that is paused or goes on sends SIGCHLD as well.
            ended = os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG)
            if ended is not None:
                break
        if ended.si_code == os.CLD_EXITED:
            return ended.si_status, None
        return None, ended.si_status

    def keep(self, exit_code, number, ran_seconds, delay, told):
        self.known["ended"] += 1
        self.known["endings"] = [*self.known["endings"], {
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "exit_code": exit_code, "signal": number, "ran_seconds": round(ran_seconds, 1),
            "log": told, "asked": self.asked, "delay_seconds": delay, "restarted": False,
        }][-ENDINGS_KEPT_MAX:]
        self.write()

    def write(self):
        replace_file(self.endings_file, json.dumps(self.known, indent=1) + "\n")


def tell_begun():
    """Whoever started this program reads its output to the end, and then knows that there is a pid
    file. The log of the service takes what Python has to say."""
    os.dup2(2, 1)


if __name__ == "__main__":
    Supervisor(*sys.argv[1:4], sys.argv[4:]).run()
