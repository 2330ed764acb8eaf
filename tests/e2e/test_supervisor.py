"""A service that exits is restarted, unless the stack was told to stop it."""

import fcntl
import os
import signal
import subprocess

import desk
from live import wait
from live.stack import ROOT, STACK

BACK_SECONDS_MAX = 60
NAME = "feeds-1"
EXIT_USAGE = 64


class SupervisorTest(desk.Case):
    def setUp(self):
        super().setUp()
        self.service = self.stack.service(NAME)
        self.process = self.service.process
        self.before = len(self.process.exits())

    def tearDown(self):
        self.stack.start(NAME)

    def new_exits(self):
        return self.process.exits()[self.before:]

    def status(self):
        """The line of NAME."""
        told = self.stack.run("status", check=False).stdout
        return next(line for line in told.splitlines() if line.split()[0] == NAME)

    def crash(self, number):
        """Signals it behind the stack's back, and waits until it is back."""
        pid = self.process.pid()
        os.kill(pid, number)
        wait.until(lambda: self.process.pid() not in (None, pid)
                   and self.service.why_not_ready() is None, BACK_SECONDS_MAX, f"{NAME} is back")

    def test_one_that_crashed_comes_back_and_status_tells_why_it_was_gone(self):
        article = self.create()
        self.crash(signal.SIGKILL)
        [record] = self.new_exits()
        self.assertEqual((record["signal"], record["exit_code"]), (signal.SIGKILL, None))
        self.assertEqual((record["requested"], record["restarted"]), (False, True))
        self.assertTrue(record["log"])
        self.assertRegex(self.status(), r"ready; restarts: \d+; last exit: SIGKILL after .* s at ")
        self.wait_item(article)

    def test_one_that_left_in_order_comes_back_too(self):
        self.crash(signal.SIGTERM)
        [record] = self.new_exits()
        self.assertEqual((record["signal"], record["exit_code"]), (None, 0))
        self.assertIn("last exit: exit code 0", self.status())

    def test_what_the_stack_stops_or_kills_stays_down(self):
        for stop in (self.stack.kill, self.stack.stop):
            stop(NAME)
            self.assertIsNone(self.process.pid())
            self.assertFalse(self.process.is_supervised())
            self.stack.start(NAME)
            self.assertTrue(self.process.is_supervised())
        self.stack.pause(NAME)
        self.stack.kill(NAME)
        self.assertIsNone(self.process.pid())
        self.assertEqual(self.new_exits(), [])

    def test_without_its_supervisor_it_runs_on_and_can_be_stopped(self):
        pid = self.process.pid()
        self.process.supervisor.kill()
        self.assertEqual(self.process.pid(), pid)
        self.assertIn("no supervisor: not restarted on exit", self.status())
        self.assertIn("no supervisor", self.stack.run("start", NAME).stdout)
        self.assertEqual(self.process.pid(), pid)
        self.stack.stop(NAME)
        self.assertIsNone(self.process.pid())

    def test_one_that_exits_at_start_is_told_and_left_alone(self):
        self.stack.stop(NAME)
        os.environ["TELEX_LOG_LEVEL"] = "shout"
        try:
            told = self.stack.run("start", NAME, check=False)
        finally:
            del os.environ["TELEX_LOG_LEVEL"]
        self.assertEqual(told.returncode, 1, told.stdout)
        for word in (f"exit code {EXIT_USAGE}", "TELEX_LOG_LEVEL"):
            self.assertIn(word, told.stdout)
        self.assertFalse(self.process.is_up())
        self.assertIn("exited, not restarted", self.status())
        [record] = self.new_exits()
        self.assertEqual((record["exit_code"], record["restarted"]), (EXIT_USAGE, False))

    def test_ctrl_c_tells_what_runs_on_and_what_to_do(self):
        for words, told in ((("up", "redis"), ("runs on", "stack up redis", "stack down")),
                            (("down",), ("the rest runs on", "stack down", "stack up"))):
            with self.subTest(words):
                self.interrupt(words, told)

    def interrupt(self, words, expected):
        with open(self.stack.folder / "lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            up = subprocess.Popen([str(STACK), *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  # A shell that runs the tests in the background ignores it.
                                  preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            self.assertIn("waiting for another command", up.stdout.readline())
            up.send_signal(signal.SIGINT)
            [told] = up.communicate(timeout=BACK_SECONDS_MAX)[0].splitlines()
        self.assertEqual(up.returncode, 128 + signal.SIGINT)
        for word in ("interrupted", *expected):
            self.assertIn(word, told)
