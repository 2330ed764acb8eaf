"""Whom the cluster test hurts, how, and for how long. A broker's session is 6 s, a group member's too."""

import functools
import random

from live.cluster import CONTROLLER, LEADER

BROKERS = ("kafka-0", "kafka-1", "kafka-2")
FAILOVER_SECONDS = (1.0, 15.0)  # some end before the partitions have another leader, most after
BELOW_SECONDS = (8.0, 20.0)
ZOMBIE_SECONDS = 10
CALM_SECONDS = (1.0, 4.0)


def schedule(seed, rounds):
    """[({name: how}, seconds it lasts, seconds of calm after it)], the same for the same seed; who is leader
    or controller is found out at the moment."""
    chance = random.Random(seed)
    plan = []
    for _ in range(rounds):
        failover = functools.partial(chance.uniform, *FAILOVER_SECONDS)
        below = functools.partial(chance.uniform, *BELOW_SECONDS)
        zombie = f"ingestion-{chance.randrange(2)}"
        hurts = [
            ({LEADER: "kill"}, failover()),
            ({LEADER: "pause"}, failover()),
            ({CONTROLLER: "kill"}, failover()),
            ({CONTROLLER: "pause"}, failover()),
            # Below min.insync.replicas, and without a controller.
            (_brokers(chance, 2, "pause"), below()),
            (_brokers(chance, 2, "kill"), below()),
            # Both left in order: the third knows that it is alone in sync.
            (_brokers(chance, 2, "stop"), below()),
            # An owner that goes on as a zombie with a new leader.
            ({zombie: "pause", LEADER: "kill"}, ZOMBIE_SECONDS),
            # A power cut.
            (_brokers(chance, 3, "kill"), 1.0),
        ]
        chance.shuffle(hurts)
        # As an upgrade of the cluster does it, one after the other.
        hurts += [({broker: "stop"}, 1.0) for broker in BROKERS]
        plan += [(*hurt, chance.uniform(*CALM_SECONDS)) for hurt in hurts]
    return plan


def _brokers(chance, count, how):
    return dict.fromkeys(chance.sample(BROKERS, count), how)
