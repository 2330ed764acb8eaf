"""Whom the chaos test hurts, how, and for how long."""

import random

from storm.storm import SERVICES

ZOMBIE_SECONDS = 10  # longer than a group member's session of 6 s
HANG_SECONDS = (2.0, 6.0)
FREEZE_SECONDS = (8.0, 20.0)  # of the broker: every session is over, every answer under way is lost
LASTS_SECONDS = (0.5, 4.0)
CALM_SECONDS = (1.0, 4.0)  # from a mend to the next hurt

EVERYTHING = (*SERVICES, "redis", "kafka")


def schedule(seed, rounds):
    """[({name: how}, seconds it lasts, seconds of calm after it)], the same for the same seed."""
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
