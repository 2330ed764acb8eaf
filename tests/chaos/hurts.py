"""What is done to the system: each hurt begins, lasts for a while, and is mended."""

import random
import threading
import time

ZOMBIE_SECONDS = 10  # longer than a group member's session of 6 s
HANG_SECONDS = (2.0, 6.0)
FREEZE_SECONDS = (8.0, 20.0)  # of the broker: every session is over, every answer under way is lost
LASTS_SECONDS = (0.5, 4.0)
CALM_SECONDS = (1.0, 4.0)  # from a mend to the next hurt

SERVICES = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1")
EVERYTHING = (*SERVICES, "redis", "kafka")


def schedule(seed, rounds):
    """[({name: how}, seconds it lasts, seconds of calm after it)], the same for the same seed. What is
    hurt together is killed or paused one right after the other, and mended in the same order."""
    chance = random.Random(seed)
    plan = []
    for _ in range(rounds):
        short, hang = (lambda: chance.uniform(*LASTS_SECONDS)), (lambda: chance.uniform(*HANG_SECONDS))
        zombie, other = chance.sample(("ingestion-0", "ingestion-1"), 2)
        hurts = [({name: "kill"}, short()) for name in EVERYTHING]
        # In order, as a deployment does it.
        hurts += [({name: "stop"}, short()) for name in SERVICES]
        hurts += [
            ({zombie: "pause"}, ZOMBIE_SECONDS),
            # A zombie, and a successor that dies.
            ({other: "pause", zombie: "kill"}, ZOMBIE_SECONDS),
            # They stand still with their connections open, which is worse than to be gone.
            ({"redis": "pause"}, hang()),
            ({"kafka": "pause"}, hang()),
            ({"kafka": "pause"}, chance.uniform(*FREEZE_SECONDS)),
            ({f"feeds-{chance.randrange(2)}": "pause"}, hang()),
            # A lost cache, on a replica that was killed.
            ({f"feeds-{chance.randrange(2)}": "lose"}, short()),
            ({f"ingestion-{chance.randrange(2)}": "lose"}, short()),
            # A power cut.
            (dict.fromkeys(chance.sample(EVERYTHING, len(EVERYTHING)), "kill"), short()),
        ]
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
            for hurt, lasts, calm in self._plan:
                if self._halt.is_set():
                    return
                self._hurt(hurt, lasts)
                self.done += 1
                self._halt.wait(calm)
        except Exception as error:  # told by the thread that waits for this one
            self.failure = error

    def halt(self):
        self._halt.set()
        self.join(300)

    def _hurt(self, hurt, lasts):
        what = ", ".join(f"{how} {name}" for name, how in hurt.items())
        self._say(f"{what} for {lasts:.1f} s")
        begin = time.monotonic()
        for name, how in hurt.items():
            {"pause": self._stack.pause, "stop": self._stack.stop}.get(how, self._stack.kill)(name)
        for name, how in hurt.items():
            if how == "lose":
                self._stack.delete_store(name)
        self._halt.wait(lasts)
        if len(hurt) == len(EVERYTHING):
            self._stack.up()  # all at once, what the others need first
        else:
            for name, how in hurt.items():
                if how == "pause":
                    self._stack.resume(name)
                else:
                    self._stack.start(name)
        self._say(f"mended after {time.monotonic() - begin:.1f} s")
