"""Which ports can be used: not those that somebody holds, nor those that the kernel gives away."""

import contextlib
import dataclasses
import os
import pathlib
import socket
import time

from . import StackError
from .settings import command_for, ports_of

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


@dataclasses.dataclass
class Holder:
    """Who holds a port: a listener, or an outgoing connection that the kernel gave it to."""
    listens: bool = True
    pid: int | None = None  # None: not to be seen (another user's process, another container)
    program: str = ""
    stack: pathlib.Path | None = None  # whose process it is, when a stack's

    def __str__(self):
        who = f"pid {self.pid} ({self.program})" if self.pid else "a process that cannot be seen from here"
        what = "" if self.listens else ", an outgoing connection"
        return f"{who}{what}{f' of the stack in {self.stack}' if self.stack else ''}"

    def how_to_stop(self):
        if self.stack:
            return f"Stop that stack: {command_for(self.stack, 'down')}\nOr "
        return "Stop it, or " if self.listens else "Wait for its end, or "


def sockets_on(port):
    """{'socket:[inode]': whether it listens} of the TCP sockets whose own port this is."""
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table, encoding="ascii") as rows:
            for fields in (row.split() for row in list(rows)[1:]):
                # Inode 0: closed by its process, TIME_WAIT for instance.
                if int(fields[1].rpartition(":")[2], 16) == port and fields[9] != "0":
                    found[f"socket:[{fields[9]}]"] = fields[3] == "0A"
    return found


def holder_of(port):
    sockets = sockets_on(port)
    listeners = {name for name, listens in sockets.items() if listens}
    # The connections that a listener has accepted have its port, too.
    names = listeners or set(sockets)
    holder = Holder(listens=bool(listeners) or not sockets)
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            descriptors = pathlib.Path("/proc", pid, "fd").iterdir()
            if any(os.readlink(descriptor) in names for descriptor in descriptors):
                holder.pid = int(pid)
                holder.program = pathlib.Path("/proc", pid, "comm").read_text(errors="replace").strip()
                holder.stack = stack_of(holder.pid)
                break
    return holder


def stack_of(pid, proc=pathlib.Path("/proc")):
    """The folder of the stack of which `down` would stop a process, None when there is none. A stack's
    processes work below its folder, or name it in TELEX_DATA_DIR; its pid files say that it is theirs."""
    places = []
    with contextlib.suppress(OSError):
        places.append(os.readlink(proc / str(pid) / "cwd"))
    with contextlib.suppress(OSError):
        variables = (proc / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
        places += [value.partition("=")[2] for value in variables if value.startswith("TELEX_DATA_DIR=/")]
    for folder in (folder for place in places for folder in pathlib.Path(place).parents):
        with contextlib.suppress(OSError):
            for file in (folder / "run").glob("*.pid"):
                if file.read_text().split()[:1] == [str(pid)]:
                    return folder
    return None


def require_free(port, what, instead=""):
    deadline = time.monotonic() + 3  # a process that is just dying still holds its ports
    while time.monotonic() < deadline:
        if port_is_free(port):
            return
        time.sleep(0.1)
    holder = holder_of(port)
    better = suggest_port_base(ephemeral_ports(), port_is_free)
    raise StackError(
        f"port {port} ({what}) is in use by {holder}.\n"
        f"{holder.how_to_stop()}move every port of this stack with {SETTING}"
        f"{f', for example {SETTING}={better}' if better else ''}{instead}.")
