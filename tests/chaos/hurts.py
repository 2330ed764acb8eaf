"""What is done to the system: each hurt begins, lasts for a while, and is mended."""

import random
import threading
import time

ZOMBIE_SECONDS = 10  # longer than a group member's session of 6 s
LASTS_SECONDS = (0.5, 4.0)
CALM_SECONDS = (1.0, 4.0)  # from a mend to the next hurt

KILLED = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1", "redis", "kafka")


def schedule(seed, rounds):
    """[(name, how, seconds it lasts, seconds of calm after it)], the same for the same seed."""
    chance = random.Random(seed)
    plan = []
    for _ in range(rounds):
        hurts = [(name, "kill", chance.uniform(*LASTS_SECONDS)) for name in KILLED]
        hurts.append((f"ingestion-{chance.randrange(2)}", "pause", ZOMBIE_SECONDS))
        chance.shuffle(hurts)
        plan += [(*hurt, chance.uniform(*CALM_SECONDS)) for hurt in hurts]
    return plan


class Hurting(threading.Thread):
    """Goes through the schedule. `failure` is why it could not, if it could not."""

    def __init__(self, stack, plan, say):
        super().__init__(daemon=True)
        self._stack, self._plan, self._say = stack, plan, say
        self._halt = threading.Event()
        self.failure = None
        self.done = 0

    def run(self):
        try:
            for name, how, lasts, calm in self._plan:
                if self._halt.is_set():
                    return
                self._hurt(name, how, lasts)
                self.done += 1
                self._halt.wait(calm)
        except Exception as error:  # told by the thread that waits for this one
            self.failure = error

    def halt(self):
        self._halt.set()
        self.join(240)

    def _hurt(self, name, how, lasts):
        self._say(f"{how} {name} for {lasts:.1f} s")
        if how == "pause":
            self._stack.pause(name)
            self._halt.wait(lasts)
            self._stack.resume(name)
            return
        begin = time.monotonic()
        self._stack.kill(name)
        self._halt.wait(lasts)
        self._stack.start(name)
        self._say(f"{name} is back {time.monotonic() - begin:.1f} s after it was killed")
