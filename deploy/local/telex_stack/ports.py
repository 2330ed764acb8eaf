"""Which ports can be used: not those that somebody holds, nor those that the kernel gives away."""

import contextlib
import os
import pathlib
import socket
import time

from . import StackError
from .settings import ports_of

KERNEL = pathlib.Path("/proc/sys/net/ipv4")
SETTING = "TELEX_STACK_PORT_BASE"
BASES = (*range(18000, 1000, -1000), *range(19000, 65001, 1000))  # the nearer ones first


def ephemeral_ports(folder=KERNEL):
    """The ports that the kernel gives to outgoing connections, without the reserved ones: a client may
    take one of them at the very moment at which a service wants to listen on it."""
    def ports_in(file):
        """32768 60999, or 8080,27000-27400"""
        with contextlib.suppress(OSError):
            ranges = "-".join((folder / file).read_text().split()).split(",")
            for low, _, high in (text.partition("-") for text in ranges if text):
                yield from range(int(low), int(high or low) + 1)

    return set(ports_in("ip_local_port_range")) - set(ports_in("ip_local_reserved_ports"))


def suggest_port_base(ephemeral, is_free):
    """The first base of which no port is ephemeral or in use, None when there is none."""
    return next((base for base in BASES if ephemeral.isdisjoint(ports_of(base))
                 and all(map(is_free, ports_of(base)))), None)


def check_range(base, ephemeral, is_free):
    """Raises when a port at a base is ephemeral and another base is better. Of the default ports
    (None), or where none is better, returns a warning; None when all is well."""
    hit = [port for port in ports_of(base) if port in ephemeral]
    if not hit:
        return None
    text = (f"{len(hit)} ports of this stack, {hit[0]} to {hit[-1]}, are in {min(ephemeral)}-"
            f"{max(ephemeral)}, from which the kernel takes those of outgoing connections "
            f"({KERNEL}/ip_local_port_range): one may be in use when a service starts.\n")
    reserve = f"sysctl net.ipv4.ip_local_reserved_ports={','.join(map(str, hit))}"
    better = suggest_port_base(ephemeral, is_free)
    if better is None:
        return f"{text}No other base is better; reserve them: {reserve}"
    text += f"Choose another base, for example {SETTING}={better}, or reserve them: {reserve}"
    if base is not None:
        raise StackError(f"{SETTING}={base}: {text}")
    return text


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
    better = suggest_port_base(ephemeral_ports(), port_is_free)
    raise StackError(
        f"port {port} ({what}) is in use by {holder}.\n"
        f"Stop it, or move every port of this stack with {SETTING}"
        f"{f', for example {SETTING}={better}' if better else ''}{instead}.")
