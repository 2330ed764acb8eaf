"""Ways to hurt a part of the stack, and to mend it."""

import errno
import os
import pathlib
import shlex
import subprocess

from live import wait
from live.clock import Clock

JUMP_SECONDS = 600  # more than any skew that is let pass, and than all embargoes of the storm
DISK_SPARE_MIB = 16  # beside what the replica has already
BLOCK_BYTES = 2**20
FULL_SECONDS_MAX = 60  # until a write has failed: a store first takes the pages that it has freed

PROGRAMS = ("telex-ingestion", "telex-feeds", "telex-views", "telex-translation")


def can_fill_disks():
    """A file system of a replica's own needs root, and a container that may mount."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


class Ways:
    """`other_programs`: the folder of another release's, for the way `other`."""

    def __init__(self, stack, other_programs=None, say=print):
        self._stack, self._other, self._say = stack, other_programs, say
        self._clock = None
        self._ways = {
            "kill": (stack.kill, stack.start),
            "stop": (stack.stop, stack.start),
            "pause": (stack.pause, stack.resume),
            "lose": (self._lose, stack.start),
            "ahead": (lambda name: self._jump(name, JUMP_SECONDS), self._restart),
            "behind": (lambda name: self._jump(name, -JUMP_SECONDS), self._restart),
            "fill": (self._fill, self._make_room),
            "other": (lambda name: self._restart(name, self._other), self._restart),
        }

    def begin(self, how, name):
        self._ways[how][0](name)

    def mend(self, how, name):
        self._ways[how][1](name)

    def _restart(self, name, programs=None):
        self._stack.stop(name)
        self._stack.start(name, programs)

    def _lose(self, name):
        self._stack.kill(name)
        self._stack.delete_store(name)

    def _wrapped(self, folder, *command):
        """A folder with programs that run the stack's within a command."""
        folder = self._stack.folder / folder
        folder.mkdir(parents=True, exist_ok=True)
        for program in PROGRAMS:
            file = folder / program
            file.write_text(f"#!/bin/sh\nexec {shlex.join([*command, str(self._stack.bin / program)])}\n")
            file.chmod(0o755)
        return folder

    # -- a wrong clock -----------------------------------------------------------------------
    def _jump(self, name, ahead_seconds):
        """It is right while the replica starts."""
        if self._clock is None:
            self._clock = Clock(self._stack.folder)
        self._clock.jump(0)
        self._restart(name, self._wrapped("with-clock", "env", *(
            f"{variable}={value}" for variable, value in self._clock.environment().items())))
        self._clock.jump(ahead_seconds)

    # -- a full disk -------------------------------------------------------------------------
    def _filler(self, name):
        pid = self._stack.service(name).process.pid()
        data = self._stack.settings.data / name
        return pathlib.Path(f"/proc/{pid}/root{data}/filler")

    def _fill(self, name):
        """An empty file system, for this program alone; the replica's own store is older when it comes back."""
        store = self._stack.settings.data / name
        used = sum(file.stat().st_blocks * 512 for file in store.rglob("*")) // 2**20
        mounted = f'mount -t tmpfs -o size={used + DISK_SPARE_MIB}m none "$TELEX_DATA_DIR" && exec "$@"'
        self._restart(name, self._wrapped("with-disk", "unshare", "--mount", "sh", "-c", mounted, "sh"))
        logged = len(self._stack.log(name))
        with open(self._filler(name), "wb", buffering=0) as filler:
            while _has_room(filler):
                pass
        if not wait.until_or_last(lambda: "STORE_FAILED" in self._stack.log(name)[logged:],
                                  FULL_SECONDS_MAX):
            self._say(f"{name} lived on pages that it had freed (tests/cluster fills one for sure)")

    def _make_room(self, name):
        self._filler(name).unlink()
        self._restart(name)


def _has_room(file):
    try:
        return file.write(bytes(BLOCK_BYTES)) > 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
