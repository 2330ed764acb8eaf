"""A single thread of a child process stands still, as one that hangs does (ptrace(2), Linux)."""

import contextlib
import ctypes
import os
import pathlib

from . import wait

BEGUN_SECONDS_MAX = 30

_DETACH, _SEIZE, _INTERRUPT = 17, 0x4206, 0x4207
_WAIT_ALL_THREADS = 0x40000000  # __WALL

_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.restype = ctypes.c_long
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def _ask(request, thread):
    if _ptrace(request, thread, None, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")


def threads(pid):
    """{name: thread id}"""
    named = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        named[(task / "comm").read_text().strip()] = int(task.name)
    return named


@contextlib.contextmanager
def frozen(child, name):
    """The thread of that name does nothing until the end of the block; the others go on. To be begun
    and ended on one thread of the test. PermissionError where ptrace is not allowed."""
    thread = wait.until(lambda: threads(child.pid).get(name), BEGUN_SECONDS_MAX, f"{name} runs")
    _ask(_SEIZE, thread)
    try:
        _ask(_INTERRUPT, thread)
        os.waitpid(thread, _WAIT_ALL_THREADS)
        yield
    finally:
        if child.poll() is None:
            _ask(_DETACH, thread)
