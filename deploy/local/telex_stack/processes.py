"""Processes of the stack. A pid file holds the pid and the start time that /proc/<pid>/stat gave
for it: a pid that was reused since belongs to somebody else and is never signalled."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time

from . import StackError
from .supervisor import open_log, pid_file_text, process_stat, write_atomically

END_SECONDS = 30  # for one that was told to stop
KILL_SECONDS = 10  # for the kernel to take a process down with all its threads
TELL_FIRST_SECONDS, TELL_AGAIN_SECONDS = 5, 15  # of a part that is waited for


class Process:
    def __init__(self, settings, name):
        self.settings, self.name = settings, name
        self.pid_file = settings.run / f"{name}.pid"
        # Holds what the pid file held when its process was told to stop: one that is still there was
        # left behind by a command that was interrupted.
        self.stopping_file = settings.run / f"{name}.stopping"
        self.log_file = settings.logs / f"{name}.log"
        self._log_start = 0

    def pid(self):
        """The pid while the process is alive, else None."""
        try:
            pid, started = (int(word) for word in self.pid_file.read_text().split())
        except (OSError, ValueError):
            return None
        stat = process_stat(pid)
        # A zombie is dead; whoever is its parent may never collect it.
        return pid if stat and stat[1] == started and stat[0] not in "ZX" else None

    def is_up(self):
        return self.pid() is not None

    def was_started(self):
        """Started and not stopped: alive or crashed."""
        return self.pid_file.exists()

    def is_stopping(self):
        """Alive, and told to stop."""
        try:
            return self.is_up() and self.stopping_file.read_text() == self.pid_file.read_text()
        except OSError:
            return False

    def _note_stopping(self):
        with contextlib.suppress(OSError):  # not there, or a full disk: it is stopped all the same
            write_atomically(self.stopping_file, self.pid_file.read_text())

    def wait_for_end(self, seconds):
        """Of one that is stopping. Signals nothing."""
        with self.pidfd() as descriptor:
            if descriptor is not None:
                gone(descriptor, seconds)

    def remarks(self):
        """What else a person wants to know of it; the state comes first."""
        return ["is stopping"] if self.is_stopping() else []

    @contextlib.contextmanager
    def pidfd(self):
        """A descriptor of the living process, or None. It is opened first and the start time compared
        afterwards, so what is signalled through it is what was compared. A process that is gone before
        the last signal ends the block, without an error."""
        pid, descriptor = self.pid(), None
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                descriptor = os.pidfd_open(pid)
        try:
            yield descriptor if self.pid() == pid else None
        except ProcessLookupError:
            pass
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def start(self, argv, environment, folder):
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, self._log_start = open_log(self.log_file)
        with os.fdopen(descriptor, "ab") as log:
            child = subprocess.Popen(
                [str(word) for word in argv], env=environment, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            write_atomically(self.pid_file, pid_file_text(child.pid))
        except BaseException:  # a full disk, Ctrl-C: nobody could find it and stop it
            child.kill()
            child.wait()
            raise
        child.returncode = 0  # it outlives this command: nobody here waits for it

    def send(self, number):
        """True when there was a process to signal."""
        with self.pidfd() as descriptor:
            if descriptor is None:
                return False
            signal.pidfd_send_signal(descriptor, number)
        return True

    def kill(self):
        """SIGKILL, and waits until it is gone with all its threads: only then are its ports free.
        The pid file stays, as after a crash. True when there was a process to kill."""
        with self.pidfd() as descriptor:
            if descriptor is None:
                return False
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            gone(descriptor, KILL_SECONDS)
        return True

    def stop(self, seconds):
        """SIGTERM; SIGKILL for what is left after `seconds`. Returns whether it went by itself
        (True), had to be killed (False), or was not there (None)."""
        willing = None
        self._note_stopping()
        with self.pidfd() as descriptor:
            if descriptor is not None:
                willing = True
                signal.pidfd_send_signal(descriptor, signal.SIGTERM)
                signal.pidfd_send_signal(descriptor, signal.SIGCONT)  # a paused one hears it, too
                if not gone(descriptor, seconds):
                    willing = False
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                    gone(descriptor, KILL_SECONDS)
        self.pid_file.unlink(missing_ok=True)
        self.stopping_file.unlink(missing_ok=True)
        return willing

    def why_not_up(self):
        """Of a process that is gone without having been stopped by us. Nobody here is its parent, so
        only its own last line can tell an exit code."""
        try:
            with open(self.log_file, "rb") as log:
                log.seek(max(0, self.log_file.stat().st_size - 4096))
                last = log.read().decode("utf-8", "replace").splitlines()[-1]
            told = json.loads(last)
            if told["message"] == "leaving":
                return (f"exited: exit code {told['exit_code']}; "
                        f"{self.settings.command('start', self.name)}")
        except (OSError, ValueError, LookupError, TypeError):
            pass
        return (f"gone, exit code unknown (crashed, killed): {self.log_file}; "
                f"{self.settings.command('start', self.name)}")

    def log_tail(self, lines=15):
        """The end of what it wrote since this command started it."""
        try:
            with open(self.log_file, "rb") as log:
                log.seek(self._log_start)
                text = log.read()[-64 * 1024:].decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join("    " + line for line in text.splitlines()[-lines:])

    def fault_at_start(self):
        """Why there is nothing to wait for any more, or None."""
        if self.pid() is not None:
            return None
        return (f"{self.name} exited at start; {self.log_file} says:\n"
                f"{self.log_tail() or '    (nothing)'}")


def wait_ready(parts, seconds, tell, ready):
    """Polls all of the parts until each is ready, and calls ready(part, after how many seconds); tells
    of those that take a while. Raises, with the end of the log, when the process of one exits at start
    or time is up."""
    begin = time.monotonic()
    waiting = {part: TELL_FIRST_SECONDS for part in parts}  # when to tell of it
    while waiting:
        for part in list(waiting):
            # Of all, each time: one poll may take seconds, and a restart comes after half a second.
            for other in waiting:
                if fault := other.process.fault_at_start():
                    raise StackError(fault)
            reason = part.why_not_ready()
            elapsed = time.monotonic() - begin
            if reason is None:
                del waiting[part]
                ready(part, elapsed)
            elif elapsed > seconds:
                raise StackError(f"{part.name} is not ready after {seconds} s: {reason}\n"
                                 f"the end of {part.process.log_file}:\n{part.process.log_tail()}")
            elif elapsed > waiting[part]:
                tell(f"{part.name}: waiting, {elapsed:.0f} of at most {seconds} s: {reason}")
                waiting[part] = elapsed + TELL_AGAIN_SECONDS
        if waiting:
            time.sleep(0.1)


def gone(descriptor, seconds):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
