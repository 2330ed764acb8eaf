"""A wall clock of a program's own, which is wrong: tests/support/clock_ahead.c, preloaded. (libfaketime shifts what is
read and not what abseil waits for, and cannot jump at a moment that a test chooses.)"""

import os
import struct
import subprocess

from .stack import ROOT


class Clock:
    """Right at first. Its files are put into `folder`."""

    def __init__(self, folder):
        self._library, self._file = folder / "clock_ahead.so", folder / "clock_ahead.seconds"
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(self._library),
                        str(ROOT / "tests/support/clock_ahead.c")], check=True)
        self._file.write_bytes(bytes(8))

    def jump(self, ahead_seconds):
        """Of all programs that run with its environment, at once; below 0: behind."""
        with open(self._file, "r+b") as file:  # in its place: they have mapped it
            os.pwrite(file.fileno(), struct.pack("=q", ahead_seconds), 0)

    def environment(self):
        return {"LD_PRELOAD": str(self._library), "TELEX_TEST_CLOCK_AHEAD_FILE": str(self._file)}
