"""A service that ended is started again, unless the stack was told to end it."""

import os
import signal

import desk
from live import wait

BACK_SECONDS_MAX = 60
NAME = "feeds-1"
EXIT_USAGE = 64


class SupervisorTest(desk.Case):
    def setUp(self):
        super().setUp()
        self.service = self.stack.service(NAME)
        self.process = self.service.process
        self.before = len(self.service.endings())

    def tearDown(self):
        self.stack.start(NAME)

    def new_endings(self):
        return self.service.endings()[self.before:]

    def status(self):
        """The line of NAME."""
        told = self.stack.run("status", check=False).stdout
        return next(line for line in told.splitlines() if line.split()[0] == NAME)

    def crash(self, number):
        """Ends it behind the stack's back, and waits until it is back."""
        pid = self.process.pid()
        os.kill(pid, number)
        wait.until(lambda: self.process.pid() not in (None, pid)
                   and self.service.why_not_ready() is None, BACK_SECONDS_MAX, f"{NAME} is back")

    def test_one_that_crashed_comes_back_and_status_tells_why_it_was_gone(self):
        article = self.create()
        self.crash(signal.SIGKILL)
        [ending] = self.new_endings()
        self.assertEqual((ending["signal"], ending["exit_code"]), (signal.SIGKILL, None))
        self.assertEqual((ending["asked"], ending["restarted"]), (False, True))
        self.assertTrue(ending["log"])
        self.assertRegex(self.status(), r"ready; restarted .*SIGKILL")
        self.wait_item(article)

    def test_one_that_left_in_order_comes_back_too(self):
        self.crash(signal.SIGTERM)
        [ending] = self.new_endings()
        self.assertEqual((ending["signal"], ending["exit_code"]), (None, 0))
        self.assertIn("exit code 0", self.status())

    def test_what_the_stack_ends_stays_down(self):
        for end in (self.stack.kill, self.stack.stop):
            end(NAME)
            self.assertIsNone(self.process.pid())
            self.assertFalse(self.process.is_supervised())
            self.stack.start(NAME)
            self.assertTrue(self.process.is_supervised())
        self.stack.pause(NAME)
        self.stack.kill(NAME)
        self.assertIsNone(self.process.pid())
        self.assertEqual(self.new_endings(), [])

    def test_without_its_supervisor_it_runs_on_and_can_be_stopped(self):
        pid = self.process.pid()
        self.process.supervisor.kill()
        self.assertEqual(self.process.pid(), pid)
        self.assertIn("nothing supervises it", self.status())
        self.assertIn("nothing supervises it", self.stack.run("start", NAME).stdout)
        self.assertEqual(self.process.pid(), pid)
        self.stack.stop(NAME)
        self.assertIsNone(self.process.pid())

    def test_one_that_ends_at_its_start_is_told_and_left_alone(self):
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
        self.assertIn("is not started again", self.status())
        [ending] = self.new_endings()
        self.assertEqual((ending["exit_code"], ending["restarted"]), (EXIT_USAGE, False))
