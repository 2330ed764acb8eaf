"""What the local stack decides: when a service is started again, how its ending is told, which ports it may
take. No stack, no clock."""

import json
import pathlib
import signal
import tempfile
import unittest

from telex_stack import StackError, supervisor
from telex_stack.ports import check_range, ephemeral_ports, suggest_port_base
from telex_stack.settings import PORTS, REPLICAS_MAX, ports_of
from telex_stack.supervised import how, why_it_ended

FIRST, MOST, WELL = (supervisor.DELAY_SECONDS_FIRST, supervisor.DELAY_SECONDS_MAX,
                     supervisor.RAN_WELL_SECONDS)


class BackoffTest(unittest.TestCase):
    def test_delays_double_up_to_a_bound(self):
        delays = [supervisor.delay_seconds([1] * count) for count in range(1, 40)]
        self.assertEqual(delays[:4], [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST])
        self.assertEqual(delays, sorted(delays))
        self.assertEqual(delays[-1], MOST)
        self.assertEqual(supervisor.delay_seconds([0] * 10_000), MOST)

    def test_a_long_run_makes_up_for_those_before(self):
        self.assertEqual(supervisor.delay_seconds([1] * 20 + [WELL]), FIRST)
        self.assertEqual(supervisor.delay_seconds([1] * 20 + [WELL, 1]), FIRST)
        self.assertEqual(supervisor.delay_seconds([1] * 20 + [WELL, 1, 1]), 2 * FIRST)
        self.assertEqual(supervisor.delay_seconds([1, WELL - 1]), 2 * FIRST)

    def test_without_any_run_the_first_delay_holds(self):
        self.assertEqual(supervisor.delay_seconds([]), FIRST)


class EndingTest(unittest.TestCase):
    def ending(self, *log, exit_code=None, number=None):
        return {"exit_code": exit_code, "signal": number, "log": list(log)}

    def test_a_crash_on_the_way_out_is_none_that_was_asked_for(self):
        for exit_code, number in ((0, None), (None, signal.SIGTERM), (None, signal.SIGKILL)):
            self.assertTrue(supervisor.is_as_asked(exit_code, number), (exit_code, number))
        for exit_code, number in ((70, None), (64, None), (None, signal.SIGSEGV),
                                  (None, signal.SIGABRT)):
            self.assertFalse(supervisor.is_as_asked(exit_code, number), (exit_code, number))

    def test_it_is_told_by_name(self):
        self.assertEqual(how(self.ending(exit_code=70)), "exit code 70")
        self.assertEqual(how(self.ending(number=9)), "SIGKILL")
        self.assertEqual(how(self.ending(number=63)), "signal 63")

    def test_the_last_error_says_why(self):
        def line(severity, message, **more):
            return json.dumps({"severity": severity, "message": message, **more})

        log = (line("ERROR", "an older one"),
               line("CRITICAL", "ending", reason="LOG_TRUNCATED", error="shorter than it was"),
               line("INFO", "stopped"), line("ERROR", "leaving", exit_code=70))
        self.assertEqual(why_it_ended(self.ending(*log)),
                         "ending: LOG_TRUNCATED: shorter than it was")
        self.assertIn("stopped", why_it_ended(self.ending(line("INFO", "stopped"))))
        self.assertIn("Segmentation", why_it_ended(self.ending("Segmentation fault")))
        self.assertIn("[1]", why_it_ended(self.ending("[1]")))
        self.assertEqual(why_it_ended(self.ending()), "")


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
