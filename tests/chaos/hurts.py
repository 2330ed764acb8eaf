"""Whom the chaos test hurts, in which way (tests/support/storm/ways.py), and for how long."""

import functools
import random

from storm.storm import SERVICES, TRANSLATION

ZOMBIE_SECONDS = 10  # longer than a group member's session of 6 s
HANG_SECONDS = (2.0, 6.0)
FREEZE_SECONDS = (8.0, 20.0)  # of the broker: every session is over, every answer under way is lost
LASTS_SECONDS = (0.5, 4.0)
CALM_SECONDS = (1.0, 4.0)  # from a mend to the next hurt

ENGINE = "apertium"
OTHERS = tuple(name for name in SERVICES if name not in TRANSLATION)  # _translations has them
EVERYTHING = (*OTHERS, "redis", "kafka")


WRONG_CLOCK_SECONDS = (4.0, 8.0)
FULL_DISK_SECONDS = (1.0, 4.0)  # since a write has failed
OTHER_SECONDS = (2.0, 5.0)


def schedule(seed, rounds, disks, in_other_release=()):
    """[({name: how}, seconds it lasts, seconds of calm after it)], the same for the same seed. `disks`: some
    are full; `in_other_release`: the services that another release has, whose programs replicas run. Each kind that was added is
    drawn apart: without it a seed's hurts are the same, in the same order."""
    plan = _plan(seed, rounds)
    for kind in (_wrong_clocks, _translations, *([_full_disks] if disks else ()),
                 *([_other_releases, _other_translations] if in_other_release else ())):
        chance = random.Random(f"{seed} {kind.__name__}")
        for hurt in (_possible(hurt, in_other_release) for _ in range(rounds) for hurt in kind(chance)):
            if hurt[0]:
                plan.insert(chance.randrange(len(plan) + 1), (*hurt, chance.uniform(*CALM_SECONDS)))
    return plan


def _possible(hurt, in_other_release):
    """Without the replicas of services that the other release has not."""
    ways, lasts = hurt
    return {name: how for name, how in ways.items() if how != "other" or name in in_other_release}, lasts


def _wrong_clocks(chance):
    name, how = f"ingestion-{chance.randrange(2)}", chance.choice(("ahead", "behind"))
    return [({name: how}, chance.uniform(*WRONG_CLOCK_SECONDS))]


def _translations(chance):
    """The queue of translations, and the engine."""
    short, one = functools.partial(chance.uniform, *LASTS_SECONDS), functools.partial(chance.choice, TRANSLATION)
    zombie, other = chance.sample(TRANSLATION, 2)
    return [
        *(({name: "kill"}, short()) for name in (*TRANSLATION, ENGINE)),
        *(({name: "stop"}, short()) for name in TRANSLATION),
        ({zombie: "pause"}, ZOMBIE_SECONDS),
        ({other: "pause", zombie: "kill"}, ZOMBIE_SECONDS),
        ({one(): "lose"}, short()),
        ({one(): chance.choice(("ahead", "behind"))}, chance.uniform(*WRONG_CLOCK_SECONDS)),
        # It takes texts, and does not answer.
        ({ENGINE: "pause"}, chance.uniform(*HANG_SECONDS)),
    ]


def _full_disks(chance):
    # The store of ingestion lives on pages that it has freed, for up to half a minute (tests/cluster has it).
    return [({f"feeds-{chance.randrange(2)}": "fill"}, chance.uniform(*FULL_DISK_SECONDS))]


def _other_releases(chance):
    """Each is rolled back, and forward again to what is tested."""
    lasts = functools.partial(chance.uniform, *OTHER_SECONDS)
    hurts = [({name: "other"}, lasts()) for name in OTHERS]
    for kind, how in (("ingestion", "kill"), ("ingestion", "pause"), ("feeds", "lose"), ("views", "kill")):
        one, peer = chance.sample((f"{kind}-0", f"{kind}-1"), 2)
        # Alone with what the tested release has written: it takes over, and is taken over from.
        hurts.append(({one: "other", peer: how}, ZOMBIE_SECONDS))
        hurts.append(({peer: how, one: "other"}, lasts()))
    # All of them, one after the other, and back.
    hurts.append((dict.fromkeys(SERVICES, "other"), lasts()))
    return hurts


def _other_translations(chance):
    lasts = functools.partial(chance.uniform, *OTHER_SECONDS)
    hurts = [({name: "other"}, lasts()) for name in TRANSLATION]
    for how in ("kill", "pause", "lose"):
        one, peer = chance.sample(TRANSLATION, 2)
        hurts.append(({one: "other", peer: how}, ZOMBIE_SECONDS))
        hurts.append(({peer: how, one: "other"}, lasts()))
    return hurts


def _plan(seed, rounds):
    chance = random.Random(seed)
    plan = []
    for _ in range(rounds):
        short, hang = (lambda: chance.uniform(*LASTS_SECONDS)), (lambda: chance.uniform(*HANG_SECONDS))
        zombie, other = chance.sample(("ingestion-0", "ingestion-1"), 2)
        hurts = [({name: "kill"}, short()) for name in EVERYTHING]
        # In order, as a deployment does it.
        hurts += [({name: "stop"}, short()) for name in OTHERS]
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
            ({f"views-{chance.randrange(2)}": "lose"}, short()),
            # A zombie of the counts.
            ({f"views-{chance.randrange(2)}": "pause"}, ZOMBIE_SECONDS),
            # A power cut.
            (dict.fromkeys((*chance.sample(EVERYTHING, len(EVERYTHING)), *TRANSLATION, ENGINE), "kill"), short()),
        ]
        chance.shuffle(hurts)
        plan += [(*hurt, chance.uniform(*CALM_SECONDS)) for hurt in hurts]
    return plan
