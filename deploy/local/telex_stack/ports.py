"""Which ports can be used: not those that somebody holds, nor those that the kernel gives away."""

import os
import pathlib
import socket
import time

from . import StackError
from .settings import ports_of

KERNEL = pathlib.Path("/proc/sys/net/ipv4")
SETTING = "TELEX_STACK_PORT_BASE"
BASES = (*range(18000, 1000, -1000), *range(19000, 65001, 1000))  # the nearer ones first


class Ephemeral:
    """The ports that the kernel gives to connections that go out: one of them may be taken by a
    client, of whatever, at the very moment at which a service wants to listen on it."""

    def __init__(self, low, high, reserved=()):
        self.low, self.high = low, high
        self._reserved = reserved  # ranges in it that the kernel was told to leave alone

    @classmethod
    def of_kernel(cls):
        try:
            low, high = map(int, (KERNEL / "ip_local_port_range").read_text().split())
        except (OSError, ValueError):
            return cls(0, -1)
        try:
            reserved = parse_ranges((KERNEL / "ip_local_reserved_ports").read_text())
        except (OSError, ValueError):
            reserved = ()
        return cls(low, high, reserved)

    def __contains__(self, port):
        return (self.low <= port <= self.high
                and not any(port in reserved for reserved in self._reserved))

    def among(self, ports):
        return [port for port in ports if port in self]


def parse_ranges(text):
    """8080,27000-27400"""
    ranges = []
    for part in text.strip().split(",") if text.strip() else ():
        low, _, high = part.partition("-")
        ranges.append(range(int(low), int(high or low) + 1))
    return ranges


def base_that_works(ephemeral, is_free):
    """The first base of which no port is ephemeral or in use, None when there is none."""
    for base in BASES:
        ports = ports_of(base)
        if not ephemeral.among(ports) and all(is_free(port) for port in ports):
            return base
    return None


def check_range(base, ephemeral, is_free):
    """(fault, warning) of the ports at a base (None: the default ports); either may be None."""
    hit = ephemeral.among(ports_of(base))
    if not hit:
        return None, None
    text = (f"{len(hit)} ports of this stack, {hit[0]} to {hit[-1]}, are in {ephemeral.low}-"
            f"{ephemeral.high}, from which the kernel takes those of outgoing connections "
            f"({KERNEL}/ip_local_port_range): one may be in use when a service starts.\n")
    reserve = f"sysctl net.ipv4.ip_local_reserved_ports={','.join(map(str, hit))}"
    better = base_that_works(ephemeral, is_free)
    if better is None:
        return None, f"{text}No other base is better; reserve them: {reserve}"
    text += f"Choose another base, for example {SETTING}={better}, or reserve them: {reserve}"
    return (None, text) if base is None else (f"{SETTING}={base}: {text}", None)


def port_is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections in TIME_WAIT do not count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def holder_of(port):
    """'pid 12 (redis-server)' of who listens on the port, '' when that cannot be seen (another
    user's process, another container)."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table, encoding="ascii") as rows:
                for row in list(rows)[1:]:
                    fields = row.split()
                    if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                        inodes.add(f"socket:[{fields[9]}]")
        except OSError:
            continue
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{descriptor}") in inodes:
                    with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as name:
                        return f"pid {pid} ({name.read().strip()})"
        except OSError:
            continue
    return ""


def require_free(port, what, instead=""):
    deadline = time.monotonic() + 3  # a process that is just dying still holds its ports
    while time.monotonic() < deadline:
        if port_is_free(port):
            return
        time.sleep(0.1)
    holder = holder_of(port) or "a process that cannot be seen from here"
    better = base_that_works(Ephemeral.of_kernel(), port_is_free)
    raise StackError(
        f"port {port} ({what}) is in use by {holder}.\n"
        f"Stop it, or move every port of this stack with {SETTING}"
        f"{f', for example {SETTING}={better}' if better else ''}{instead}.")
