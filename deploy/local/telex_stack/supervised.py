"""A process that a supervisor of its own restarts when it exits; its exits in words."""

import json
import os
import re
import signal
import subprocess
import sys

from . import StackError, supervisor
from .processes import KILL_SECONDS, Process, gone

ERROR_CHARACTERS_MAX = 160  # on a line of `stack status`
STATUS_DETAILS = re.compile(r" *\[telex/error='.*'\]", re.S)  # absl::Status::ToString writes them


class SupervisedProcess(Process):
    """Works, apart from restarts, on a process whose supervisor is gone, too: then the pid file alone
    says who it is."""

    def __init__(self, settings, name, program):
        super().__init__(settings, name)
        self.program = program
        self.supervisor = Process(settings, f"{name}.supervisor")
        self.exits_file = settings.run / f"{name}.exits.json"
        self._first_exit = None  # "n" of its first exit, if any, since this command started it

    def was_started(self):
        return super().was_started() or self.supervisor.was_started()

    def is_up(self):
        """True while it is alive or its supervisor is about to restart it."""
        return super().is_up() or self.supervisor.is_up()

    def is_supervised(self):
        return self.supervisor.is_up()

    def retire(self):
        """Ends a supervisor that waits to restart a crashed service, and what it has started."""
        self._request(supervisor.STOP, KILL_SECONDS)

    def start(self, argv, environment, folder):
        """After retire()."""
        exits = self.exits()
        self._first_exit = exits[-1]["n"] + 1 if exits else 1
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
        child.returncode = 0  # it outlives this command: nobody here waits for it
        with child.stdout as told:
            # It closes this once it has started the service, or says why it starts nothing.
            fault = told.read().decode("utf-8", "replace").strip()
        if fault:
            raise StackError(fault)

    def _request(self, request, seconds):
        """Has the supervisor end the service and itself. True when it did so in time, False when both
        had to be killed, None when there is no supervisor."""
        with self.supervisor.pidfd() as descriptor:
            if descriptor is None:
                return None
            signal.pidfd_send_signal(descriptor, request)
            if not gone(descriptor, seconds):
                # It alone knows a pid that could not be written (a full disk).
                signal.pidfd_send_signal(descriptor, supervisor.KILL)
                if not gone(descriptor, KILL_SECONDS):
                    super().kill()
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                    gone(descriptor, KILL_SECONDS)
                return False
        return True

    def kill(self):
        """As Process.kill, and it stays dead. Also of one that waits to be restarted."""
        requested = self._request(supervisor.KILL, KILL_SECONDS)
        return super().kill() or requested is not None

    def wait_for_end(self, seconds):
        super().wait_for_end(seconds)
        self.supervisor.wait_for_end(KILL_SECONDS)  # it leaves once the service is gone

    def stop(self, seconds):
        self._note_stopping()
        requested = self._request(supervisor.STOP, seconds)
        left = super().stop(seconds)  # what no supervisor looks after
        self.supervisor.pid_file.unlink(missing_ok=True)
        return requested if left is None else left

    def fault_at_start(self):
        """One that this command started is not restarted before it was ready once: its exit is a fault,
        unless it was restarted by the time that this command looks."""
        first = next((record for record in self.exits() if record["n"] == self._first_exit), None)
        if first is None:
            return None if self.is_supervised() else super().fault_at_start()
        if first["restarted"] and self.pid() is not None:
            return None
        self._request(supervisor.STOP, KILL_SECONDS)
        lines = "\n".join("    " + line for line in first["log"])
        return (f"{self.name} exited at start ({exit_text(first)}), not restarted; "
                f"{self.log_file} says:\n{lines or '    (nothing)'}")

    # -- its exits ---------------------------------------------------------------------------
    def exits(self):
        """Since the last `stack down`, oldest first. The fields: Supervisor.record_exit."""
        return supervisor.read_exits(self.exits_file)["exits"]

    def forget_exits(self):
        self.exits_file.unlink(missing_ok=True)

    def why_not_up(self):
        exits = self.exits()
        if not exits or exits[-1]["restarted"]:
            if self.is_supervised():
                return f"its supervisor runs, but {self.pid_file} is not written: is the disk full?"
            return super().why_not_up()
        if self.is_supervised():
            return f"exited, restart within {exits[-1]['delay_seconds']} s"
        return f"exited, not restarted: {self.settings.command('start', self.name)}"

    def remarks(self):
        remarks = super().remarks()
        if self.pid() is not None:
            restart = self.settings.command("restart", self.name)
            if not self.is_supervised():
                remarks.append(f"no supervisor: not restarted on exit: {restart}")
            if self._is_older_than_its_program():
                remarks.append(f"its program was rebuilt since: {restart}")
        state = supervisor.read_exits(self.exits_file)
        if state["restarts"]:
            remarks.append(f"restarts: {state['restarts']}")
        if state["exits"]:
            last = state["exits"][-1]
            error = first_error(last)
            remarks.append(f"last exit: {exit_text(last)} after {last['ran_seconds']} s at "
                           f"{last['when']}{f': {error}' if error else ''}")
        return remarks

    def _is_older_than_its_program(self):
        try:
            return self.pid_file.stat().st_mtime < self.program.stat().st_mtime
        except OSError:
            return False


def exit_text(record):
    """'exit code 70', 'SIGKILL'"""
    if record["signal"] is None:
        return f"exit code {record['exit_code']}"
    try:
        return signal.Signals(record["signal"]).name
    except ValueError:
        return f"signal {record['signal']}"


def first_error(record):
    """The first error in the end of its log, from which later ones follow; else the last line. On
    one line, '' when there is no log."""
    lines = [_Line(line) for line in record["log"]]
    error = next((line for line in lines if line.is_error), None)
    if error:
        return error.text[:ERROR_CHARACTERS_MAX]
    return f"last log line: {lines[-1].text}"[:ERROR_CHARACTERS_MAX] if lines else ""


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
        # The details of a status are for programs; its reason is a field of its own.
        self.text = STATUS_DETAILS.sub("", ": ".join(str(word) for word in said if word))
