"""Owning partitions: what folding a record costs, and a look at what is due."""


def measure(world):
    rounds, records = (2, 300_000) if world.quick else (5, 1_000_000)
    world.say(f"appending {records:,} small records")
    world.program("seed-small", brokers=world.brokers, records=records)
    world.say("owning their partitions")
    owned, busy, floors = [], [], []
    for _ in range(rounds):
        floors.append(world.program("raw", brokers=world.brokers))
        owned.append(world.program("own", brokers=world.brokers))
        busy.append(world.program("own", brokers=world.brokers, per_append=1))
    rival = "librdkafka takes the same records and does nothing"
    note = f"{records:,} records of 100 bytes in 12 partitions, counted by key"
    for key, name in (("cpu_seconds", "per-core-second"), ("seconds", "per-second")):
        for rows, appended in ((owned, "one appended for 100"), (busy, "one appended for each")):
            world.figure(f"owner-records-{name}, {appended}", "1/s",
                         [row["records"] / row[key] for row in rows], rival,
                         [row["records"] / row[key] for row in floors], note)
    pure = [world.program("pure-owner", records=10 * records) for _ in range(rounds)]
    world.figure("owned-partition-records-per-core-second", "1/s",
                 [row["owned"]["records"] / row["owned"]["cpu_seconds"] for row in pure],
                 "the same fold called by hand",
                 [row["fold"]["records"] / row["fold"]["cpu_seconds"] for row in pure],
                 "the state machine alone, batches of 500, acknowledged at once")
    _due(world)


def _due(world):
    few, many = 20_000, 100_000
    seen = {}
    for due in (few, many):
        world.say(f"looking at {due:,} embargoes that are due")
        path = world.folder / f"due-{due}"
        seen[due] = world.program("due", path=path, due=due)
    for key, who in (("owner_us", "owner"), ("peer_us", "peer")):
        world.figure(f"look-at-what-is-due-{who}, {many:,} due", "us", [seen[many][key]],
                     f"{few:,} due", [seen[few][key]], "CPU of a look, in process, nothing is read back; median")
