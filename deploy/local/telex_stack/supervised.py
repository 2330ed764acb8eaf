"""A process that a supervisor of its own starts again when it ends; how such endings are told."""

import json
import os
import signal
import subprocess
import sys

from . import supervisor
from .processes import Process, gone

KILL_SECONDS = 10  # for the kernel to take a process down with all its threads
WHY_CHARACTERS_MAX = 160  # on a line of `stack status`


class SupervisedProcess(Process):
    """Works, apart from restarts, on a process whose supervisor is gone, too: then the pid file alone
    says who it is."""

    UNSUPERVISED = "nothing supervises it: it is not started again when it ends"

    def __init__(self, settings, name):
        super().__init__(settings, name)
        self.supervisor = Process(settings, f"{name}.supervisor")
        self.endings_file = settings.run / f"{name}.endings.json"
        self._ended_before = None  # when this command started it: how often it had ended until then

    def was_started(self):
        return super().was_started() or self.supervisor.was_started()

    def is_up(self):
        return super().is_up() or self.supervisor.is_up()

    def is_supervised(self):
        return self.supervisor.is_up()

    def retire(self):
        """Ends a supervisor that waits to start a crashed service again, and what it has started."""
        self._ask(supervisor.STOP, KILL_SECONDS)

    def start(self, argv, environment, folder):
        """After retire()."""
        self._ended_before = supervisor.read_endings(self.endings_file)["ended"]
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        log, self._log_start = supervisor.open_log(self.log_file)
        command = [sys.executable, "-ISB", supervisor.__file__, self.pid_file.parent, self.name,
                   self.log_file, *argv]
        with os.fdopen(log, "ab") as stderr:
            child = subprocess.Popen(
                [str(word) for word in command], env=environment, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                start_new_session=True)
        with child.stdout as told:
            told.read()  # it closes this once there is a pid file
        child.returncode = 0  # it outlives this command: nobody here waits for it

    def _ask(self, request, seconds):
        """Has the supervisor end the service and itself. True when it did so in time, False when both
        had to be killed, None when there is no supervisor."""
        found = self.supervisor.descriptor()
        if not found:
            return None
        _, descriptor = found
        try:
            signal.pidfd_send_signal(descriptor, request)
            if gone(descriptor, seconds):
                return True
            super().kill()  # the supervisor sees that, and leaves
            if not gone(descriptor, KILL_SECONDS):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                gone(descriptor, KILL_SECONDS)
            return False
        except ProcessLookupError:
            return True
        finally:
            os.close(descriptor)

    def kill(self):
        """As Process.kill, and it stays dead. Also of one that waits to be started again."""
        asked = self._ask(supervisor.KILL, KILL_SECONDS)
        return super().kill() or asked is not None

    def stop(self, seconds):
        asked = self._ask(supervisor.STOP, seconds)
        left = super().stop(seconds)  # what no supervisor looks after
        self.supervisor.pid_file.unlink(missing_ok=True)
        return asked if left is None else left

    def fault_at_start(self):
        """One that this command has started is not started again before it was ready once: why it
        ended is told at once."""
        known = supervisor.read_endings(self.endings_file)
        if self._ended_before is None or known["ended"] <= self._ended_before:
            return None if self.is_supervised() else super().fault_at_start()
        self._ask(supervisor.STOP, KILL_SECONDS)
        first = known["endings"][self._ended_before - known["ended"]]
        lines = "\n".join("    " + line for line in first["log"])
        return (f"{self.name} ended at its start ({how(first)}), and is not started again; "
                f"{self.log_file} says:\n{lines or '    (nothing)'}")

    # -- how it ended ------------------------------------------------------------------------
    def endings(self):
        """See Service.endings."""
        return supervisor.read_endings(self.endings_file)["endings"]

    def forget_endings(self):
        self.endings_file.unlink(missing_ok=True)

    def how_it_ended(self):
        endings = self.endings()
        if not endings or endings[-1]["restarted"]:
            return super().how_it_ended()
        if self.is_supervised():
            return f"has ended, is started again within {endings[-1]['delay_seconds']} s"
        return f"has ended, is not started again: stack start {self.name}"

    def remarks(self):
        """For `stack status`: what else is to be said of one that was started."""
        remarks = []
        if self.pid() is not None and not self.is_supervised():
            remarks.append(f"{self.UNSUPERVISED}: stack restart {self.name}")
        known = supervisor.read_endings(self.endings_file)
        if known["endings"]:
            last = known["endings"][-1]
            times = "once" if known["restarted"] == 1 else f"{known['restarted']} times"
            why = why_it_ended(last)
            remarks.append(f"restarted {times}; last ended with {how(last)} at {last['when']}, "
                           f"{last['ran_seconds']} s after its start" + (f": {why}" if why else ""))
        return remarks


def how(ending):
    """'exit code 70', 'SIGKILL'"""
    if ending["signal"] is None:
        return f"exit code {ending['exit_code']}"
    try:
        return signal.Signals(ending["signal"]).name
    except ValueError:
        return f"signal {ending['signal']}"


def why_it_ended(ending):
    """The last error in its log, else how the log ends; on one line, '' when there is no log."""
    lines = [_Line(line) for line in ending["log"]]
    error = next((line for line in reversed(lines) if line.is_error), None)
    if error:
        return error.text[:WHY_CHARACTERS_MAX]
    return f"its log ends with: {lines[-1].text}"[:WHY_CHARACTERS_MAX] if lines else ""


class _Line:
    """A line that a service logged; what is no JSON (a sanitizer's, say) is told as it is."""

    def __init__(self, line):
        self.text, self.is_error = line, False
        try:
            told = json.loads(line)
            said = [told["message"], told.get("reason"), told.get("error")]
            # The last line of all says that it leaves, and no more.
            self.is_error = (told["severity"] in ("ERROR", "CRITICAL")
                             and told["message"] != "leaving")
        except (ValueError, LookupError, TypeError):
            return
        self.text = ": ".join(str(word) for word in said if word)
