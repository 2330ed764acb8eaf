"""What the local stack decides: when a service is restarted, how its exit is told, which ports it may
take. No stack, no clock."""

import functools
import json
import pathlib
import signal
import tempfile
import unittest

from telex_stack import StackError, supervisor
from telex_stack.ports import check_range, ephemeral_ports, suggest_port_base
from telex_stack.settings import PORTS, REPLICAS_MAX, ports_of
from telex_stack.supervised import exit_text, last_error

FIRST, MOST, RESET = (supervisor.DELAY_SECONDS_FIRST, supervisor.DELAY_SECONDS_MAX,
                      supervisor.BACKOFF_RESET_SECONDS)


class BackoffTest(unittest.TestCase):
    def test_delays_double_up_to_a_bound(self):
        delays = [self.after([1] * count) for count in range(1, 40)]
        self.assertEqual(delays[:4], [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST])
        self.assertEqual(delays, sorted(delays))
        self.assertEqual(delays[-1], MOST)

    def test_a_long_run_resets_the_delay(self):
        self.assertEqual(self.after([1] * 20 + [RESET]), FIRST)
        self.assertEqual(self.after([1] * 20 + [RESET, 1]), 2 * FIRST)
        self.assertEqual(self.after([1, RESET - 1]), 2 * FIRST)

    @staticmethod
    def after(runs):
        return functools.reduce(supervisor.next_delay, runs, 0)


class ExitTest(unittest.TestCase):
    def record(self, *log, exit_code=None, number=None):
        return {"exit_code": exit_code, "signal": number, "log": list(log)}

    def test_a_crash_while_it_stops_is_not_a_requested_exit(self):
        for exit_code, number in ((0, None), (None, signal.SIGTERM), (None, signal.SIGKILL)):
            self.assertTrue(supervisor.is_requested_exit(exit_code, number), (exit_code, number))
        for exit_code, number in ((70, None), (64, None), (None, signal.SIGSEGV),
                                  (None, signal.SIGABRT)):
            self.assertFalse(supervisor.is_requested_exit(exit_code, number), (exit_code, number))

    def test_records_are_numbered_and_bounded(self):
        with tempfile.TemporaryDirectory() as folder:
            parent = supervisor.Supervisor(folder, "feeds-0", "", [])
            for _ in range(supervisor.EXITS_KEPT_MAX + 2):
                last = parent.record_exit(70, None, 1.0, FIRST, [])
            exits = supervisor.read_exits(parent.exits_file)["exits"]
        self.assertEqual(last["n"], supervisor.EXITS_KEPT_MAX + 2)
        self.assertEqual([record["n"] for record in exits], list(range(3, last["n"] + 1)))

    def test_it_is_told_by_name(self):
        self.assertEqual(exit_text(self.record(exit_code=70)), "exit code 70")
        self.assertEqual(exit_text(self.record(number=9)), "SIGKILL")
        self.assertEqual(exit_text(self.record(number=63)), "signal 63")

    def test_the_last_error_says_why(self):
        def line(severity, message, **more):
            return json.dumps({"severity": severity, "message": message, **more})

        log = (line("ERROR", "an older one"),
               line("CRITICAL", "ending", reason="LOG_TRUNCATED", error="shorter than it was"),
               line("INFO", "stopped"), line("ERROR", "leaving", exit_code=70))
        self.assertEqual(last_error(self.record(*log)), "ending: LOG_TRUNCATED: shorter than it was")
        self.assertIn("stopped", last_error(self.record(line("INFO", "stopped"))))
        self.assertIn("Segmentation", last_error(self.record("Segmentation fault")))
        self.assertIn("[1]", last_error(self.record("[1]")))
        self.assertEqual(last_error(self.record()), "")


class PortsTest(unittest.TestCase):
    KERNEL = set(range(32768, 61000))

    @staticmethod
    def free(_port):
        return True

    def test_all_ports_of_all_replicas_count(self):
        ports = ports_of(20000)
        self.assertEqual(len(ports), len(set(ports)))
        self.assertEqual((ports[0], ports[-1]), (20079, 20091 + 100 * (REPLICAS_MAX - 1)))
        self.assertEqual(set(ports_of(None)) & {port for port, _ in PORTS.values()},
                         {port for port, _ in PORTS.values()})

    def test_a_base_in_the_range_of_the_kernel_is_refused(self):
        for base in (32500, 40000, 60900):  # with its last replicas, its first ones, all of it
            with self.assertRaises(StackError) as raised:
                check_range(base, self.KERNEL, self.free)
            for word in (f"TELEX_STACK_PORT_BASE={base}", "32768-60999", "ip_local_port_range",
                         "for example TELEX_STACK_PORT_BASE=18000"):
                self.assertIn(word, str(raised.exception))
        for base in (None, 27000, 32300, 61000):
            self.assertIsNone(check_range(base, self.KERNEL, self.free), base)

    def test_default_ports_in_a_wide_range_are_warned_of(self):
        self.assertIn("for example TELEX_STACK_PORT_BASE=7000",
                      check_range(None, set(range(8000, 61000)), self.free))

    def test_where_no_base_is_better_none_is_refused(self):
        for base in (None, 27000):
            self.assertIn("ip_local_reserved_ports",
                          check_range(base, set(range(1024, 65536)), self.free))

    def test_reserved_ports_are_not_ephemeral(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.assertEqual(ephemeral_ports(folder), set())
            (folder / "ip_local_port_range").write_text("32768\t60999\n")
            self.assertEqual(ephemeral_ports(folder), self.KERNEL)
            (folder / "ip_local_reserved_ports").write_text("\n")
            self.assertEqual(ephemeral_ports(folder), self.KERNEL)
            (folder / "ip_local_reserved_ports").write_text("32768,40000-40500\n")
            self.assertEqual(ephemeral_ports(folder),
                             self.KERNEL - {32768, *range(40000, 40501)})

    def test_the_base_that_is_suggested_is_free(self):
        def taken(port):
            return not 18000 <= port < 19000

        self.assertEqual(suggest_port_base(self.KERNEL, taken), 17000)
        self.assertIsNone(suggest_port_base(self.KERNEL, lambda port: False))
