"""What the local stack decides: when a service is restarted, how its exit is told, which ports it may
take, what is wrong when it cannot write. No stack; no time is measured."""

import contextlib
import functools
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

from live import wait
from telex_stack import StackError, processes, stack, supervisor, tokens
from telex_stack.ports import check_range, ephemeral_ports, holder_of, stack_of, suggest_port_base
from telex_stack.settings import PORTS, REPLICAS_MAX, ROOT, Settings, belongs_to, command_for, ports_of
from telex_stack.supervised import SupervisedProcess, exit_text, first_error

WAIT_SECONDS_MAX = 60

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

    def test_the_first_error_says_why(self):
        def line(severity, message, **more):
            return json.dumps({"severity": severity, "message": message, **more})

        details = """ [telex/error='{"fields":[],"metadata":{},"reason":"LOG_TRUNCATED"}']"""
        log = (line("WARNING", "failing"),
               line("ERROR", "ending", reason="LOG_TRUNCATED", error="shorter than it was" + details),
               line("ERROR", "asked to stop"), line("INFO", "stopped"),
               line("ERROR", "leaving", exit_code=70))
        self.assertEqual(first_error(self.record(*log)), "ending: LOG_TRUNCATED: shorter than it was")
        self.assertIn("stopped", first_error(self.record(line("INFO", "stopped"))))
        self.assertIn("Segmentation", first_error(self.record("Segmentation fault")))
        self.assertIn("[1]", first_error(self.record("[1]")))
        self.assertEqual(first_error(self.record()), "")


    def test_status_tells_restarts_when_there_are_any(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        settings = types.SimpleNamespace(run=folder, logs=folder)
        process = SupervisedProcess(settings, "feeds-0", folder / "telex-feeds")
        parent = supervisor.Supervisor(folder, "feeds-0", "", [])
        parent.record_exit(70, None, 1.0, FIRST, [])
        [remark] = process.remarks()
        self.assertRegex(remark, "^last exit: exit code 70 after 1.0 s at ")
        parent.state["restarts"] = 2
        parent.write_state()
        self.assertEqual(process.remarks(), ["restarts: 2", remark])


class FullDiskTest(unittest.TestCase):
    """A limit of 0 bytes for files stands in for a full disk: it holds for root, too."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.addCleanup(self.kill_all)
        self.parents = []

    def kill_all(self):
        for parent in self.parents:
            with contextlib.suppress(ProcessLookupError):
                for child in self.children(parent):
                    os.kill(child, signal.SIGKILL)
            parent.kill()
            parent.communicate()

    def supervise(self, **options):
        parent = subprocess.Popen(
            [sys.executable, "-ISB", supervisor.__file__, self.folder, "sleeper", self.folder / "log",
             "/bin/sleep", "600"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, **options)
        self.parents.append(parent)
        return parent, parent.stdout.read()

    @staticmethod
    def children(parent):
        children = pathlib.Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        return [int(word) for word in children.read_text().split()] if children.exists() else []

    def pid_in_file(self):
        return int((self.folder / "sleeper.pid").read_text().split()[0])

    @staticmethod
    def fill_disk(pid=0):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def test_it_restarts_the_service_and_writes_once_there_is_room(self):
        parent, told = self.supervise()
        self.assertEqual(told, "")
        [first] = self.children(parent)
        self.assertEqual(self.pid_in_file(), first)
        self.fill_disk(parent.pid)
        os.kill(first, signal.SIGKILL)
        [second] = wait.until(
            lambda: [pid for pid in self.children(parent) if pid != first], WAIT_SECONDS_MAX,
            "it is restarted on a full disk")
        self.assertEqual(supervisor.read_exits(self.folder / "sleeper.exits.json")["exits"], [])
        resource.prlimit(parent.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        parent.send_signal(signal.SIGCHLD)  # any signal is an occasion to write
        wait.until(lambda: self.pid_in_file() == second, WAIT_SECONDS_MAX, "the pid is written")
        wait.until(lambda: supervisor.read_exits(self.folder / "sleeper.exits.json")["restarts"] == 1,
                   WAIT_SECONDS_MAX, "the exit is written")
        self.assertEqual([path.name for path in self.folder.glob(".*")], [])
        parent.send_signal(supervisor.STOP)
        self.assertEqual(parent.wait(WAIT_SECONDS_MAX), 0)
        self.assertFalse(pathlib.Path(f"/proc/{second}").exists())

    def test_it_starts_nothing_when_nobody_could_find_it(self):
        parent, told = self.supervise(preexec_fn=self.fill_disk)
        self.assertEqual(parent.wait(WAIT_SECONDS_MAX), 1)
        self.assertIn("cannot write", told)
        self.assertIn("sleeper.supervisor.pid", told)
        self.assertFalse((self.folder / "sleeper.pid").exists())

    def test_there_is_one_supervisor_of_a_name(self):
        parent, _ = self.supervise()
        (self.folder / "sleeper.supervisor.pid").unlink()
        other, told = self.supervise()
        self.assertEqual(other.wait(WAIT_SECONDS_MAX), 1)
        self.assertIn("sleeper.supervisor.lock", told)
        self.assertIn(f"kill {parent.pid}\n", told)
        self.assertIsNone(parent.poll())
        self.assertFalse((self.folder / "sleeper.supervisor.pid").exists())

    def test_a_process_whose_pid_cannot_be_written_is_ended(self):
        settings = types.SimpleNamespace(run=self.folder, logs=self.folder)
        part, pids = processes.Process(settings, "part"), []

        def refuse(_path, text):
            pids.append(int(text.split()[0]))
            raise OSError("No space left on device")

        with mock.patch.object(processes, "write_atomically", refuse), self.assertRaises(OSError):
            part.start(["/bin/sleep", "600"], None, self.folder)
        self.assertFalse(pathlib.Path(f"/proc/{pids[0]}").exists())


class TokensTest(unittest.TestCase):
    """The guide (first-partner-feed.md) has a person add a line for a source's own program."""

    def setUp(self):
        self.settings = types.SimpleNamespace(
            tokens=pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())))
        tokens.make_tokens(self.settings)
        self.file = tokens.hashes_file(self.settings)

    def test_what_a_person_adds_stays(self):
        own = self.file.read_text()
        added = f"\n# the newsroom's own\ncourier-cms source {'0' * 64}\nfeeds-2 reader {'1' * 64}"
        self.file.write_text(own + added)
        for _ in range(2):
            tokens.make_tokens(self.settings)
            self.assertEqual(self.file.read_text(), f"{own}{added}\n")

    def test_its_own_lines_are_those_of_its_tokens(self):
        own = self.file.read_text()
        self.file.write_text(f"feeds editor {'0' * 64}\ncourier-cms source {'1' * 64}\n")
        tokens.make_tokens(self.settings)
        self.assertEqual(self.file.read_text(), f"{own}courier-cms source {'1' * 64}\n")


class StoppingTest(unittest.TestCase):
    """One that an interrupted `down` has told to stop, and that takes its time."""

    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.process = processes.Process(types.SimpleNamespace(run=folder, logs=folder), "part")
        ends = folder / "ends"
        script = f"trap 'read _ <{ends}; exit 0' TERM; echo trapped; while :; do sleep 0.05; done"
        os.mkfifo(ends)
        self.ends = os.open(ends, os.O_RDWR)
        self.addCleanup(os.close, self.ends)
        self.addCleanup(self.process.kill)
        self.process.start(["/bin/sh", "-c", script], None, folder)
        wait.until(lambda: "trapped" in self.process.log_file.read_text(), WAIT_SECONDS_MAX, "it runs")
        with mock.patch.object(processes, "gone", side_effect=KeyboardInterrupt), \
                self.assertRaises(KeyboardInterrupt):
            self.process.stop(WAIT_SECONDS_MAX)

    def test_it_is_told_and_no_other_process_takes_its_place_for_it(self):
        self.assertTrue(self.process.is_up())
        self.assertEqual(self.process.remarks(), ["is stopping"])
        self.process.stopping_file.write_text(supervisor.pid_file_text(os.getpid()))
        self.assertFalse(self.process.is_stopping())

    def test_up_waits_for_its_end_and_starts_it(self):
        calls = []

        def start():
            self.assertFalse(self.process.is_up())
            calls.append("start")

        part = types.SimpleNamespace(name="part", process=self.process, start=start,
                                     stop=lambda: self.process.stop(WAIT_SECONDS_MAX))
        whole = stack.Stack.__new__(stack.Stack)
        whole._wait = lambda _: calls.append("wait")

        def say(text):
            if "interrupted" in text:
                os.write(self.ends, b"\n")

        with mock.patch.object(stack, "say", say):
            whole._bring_up([part])
        self.assertEqual(calls, ["start", "wait"])
        self.assertFalse(self.process.stopping_file.exists())


class WaitTest(unittest.TestCase):
    class Part:
        def __init__(self, name, polls, fault=None, fault_after=0):
            self.name, self.polls, self.fault, self.fault_after = name, polls, fault, fault_after
            self.process = self

        def why_not_ready(self):
            self.polls -= 1
            return "starting" if self.polls >= 0 else None

        def fault_at_start(self):
            self.fault_after -= 1
            return self.fault if self.fault_after < 0 else None

    def wait(self, *parts):
        ready = []
        processes.wait_ready(parts, WAIT_SECONDS_MAX, self.fail, lambda part, _: ready.append(part.name))
        return ready

    def test_all_are_polled_at_once(self):
        self.assertEqual(self.wait(self.Part("slow", 2), self.Part("quick", 0)), ["quick", "slow"])

    def test_a_fault_is_seen_while_another_is_waited_for(self):
        with self.assertRaisesRegex(StackError, "exited"):
            self.wait(self.Part("never", 10**9), self.Part("faulty", 10**9, "exited", 3))

    def test_one_that_was_restarted_meanwhile_is_no_fault(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        settings = types.SimpleNamespace(run=folder, logs=folder)
        process = SupervisedProcess(settings, "feeds-0", folder / "telex-feeds")
        process._first_exit = 1  # pylint: disable=protected-access

        def leave(restarted):
            record = {"n": 1, "restarted": restarted, "exit_code": 70, "signal": None, "log": ["why"]}
            supervisor.write_atomically(process.exits_file,
                                        json.dumps({"restarts": 1, "exits": [record]}))

        leave(restarted=True)
        self.assertIn("exit code 70", process.fault_at_start())  # and has exited again
        supervisor.write_atomically(process.pid_file, supervisor.pid_file_text(os.getpid()))
        self.assertIsNone(process.fault_at_start())
        leave(restarted=False)
        self.assertIn("why", process.fault_at_start())


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(mock.patch.dict(os.environ, {"TELEX_STACK_DIR": self.folder}))
        self.settings = Settings()

    def test_what_is_wanted_is_remembered_until_it_is_stopped(self):
        self.assertEqual(self.settings.wanted(), set())
        self.settings.remember({"redis", "feeds-0"})
        self.settings.forget_wanted(["feeds-0", "feeds-1"])
        self.assertEqual(Settings().wanted(), {"redis"})
        self.settings.forget()
        self.settings.forget_wanted(["redis"])
        self.assertFalse(self.settings.remembered_file.exists())

    def test_status_fails_while_something_wanted_is_not_started(self):
        self.settings.remember({"redis"})
        told = []
        with mock.patch.object(stack, "say", told.append):
            self.assertFalse(stack.Stack().print_table())
        self.assertRegex("\n".join(told), f"redis .* not started: TELEX_STACK_DIR={self.folder} "
                                          "deploy/local/stack start redis")

    def test_a_next_step_can_be_pasted(self):
        self.assertEqual(command_for(ROOT / ".stack", "restart", "feeds-0"),
                         "deploy/local/stack restart feeds-0")
        self.assertEqual(command_for("/a b", "down"), "TELEX_STACK_DIR='/a b' deploy/local/stack down")

    def test_settings_of_another_user_are_not_passed_over(self):
        denied = PermissionError(13, "Permission denied", str(self.settings.remembered_file))
        with mock.patch.object(pathlib.Path, "read_text", side_effect=denied):
            with self.assertRaises(PermissionError) as raised:
                self.settings.hold_to_what_runs(changing=False)
        with mock.patch.object(os, "geteuid", return_value=os.geteuid() + 1):
            self.assertIn("this stack belongs to ", belongs_to(raised.exception))


class HolderTest(unittest.TestCase):
    def test_a_listener_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            held = str(holder_of(server.getsockname()[1]))
        self.assertIn(f"pid {os.getpid()} (", held)
        self.assertNotIn("outgoing", held)

    def test_an_outgoing_connection_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as server, \
                socket.create_connection(server.getsockname()) as client:
            held = str(holder_of(client.getsockname()[1]))
        self.assertIn(f"pid {os.getpid()} (", held)
        self.assertIn("outgoing connection", held)

    def test_a_process_of_another_stack_is_known_by_its_pid_file(self):
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder, proc = root / "stack", root / "proc"
        for made in (folder / "run", folder / "data" / "redis", proc / "12", proc / "13", proc / "14"):
            made.mkdir(parents=True)
        (folder / "run" / "redis.pid").write_text("12 345\n")
        (folder / "run" / "feeds-0.pid").write_text("13 345\n")
        (proc / "12" / "cwd").symlink_to(folder / "data" / "redis")
        (proc / "13" / "environ").write_text(f"A=b\0TELEX_DATA_DIR={folder}/data/feeds-0\0")
        (proc / "14" / "cwd").symlink_to(folder / "data" / "redis")
        self.assertEqual([stack_of(pid, proc) for pid in (12, 13, 14, 15)],
                         [folder, folder, None, None])


class PortsTest(unittest.TestCase):
    KERNEL = set(range(32768, 61000))

    @staticmethod
    def free(_port):
        return True

    def test_all_ports_of_all_replicas_count(self):
        ports = ports_of(20000)
        self.assertEqual(len(ports), len(set(ports)))
        self.assertLessEqual({20079, 20080, 20080 + 100 * (REPLICAS_MAX - 1), 20092}, set(ports))
        self.assertTrue({20179, 20080 + 100 * REPLICAS_MAX, 20192}.isdisjoint(ports))  # Redis, Kafka: one
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
