"""Reading counts over gRPC from one replica that holds many of them."""


def measure(world):
    few, many = (1_000, 10_000) if world.quick else (10_000, 100_000)
    rounds, seconds = (1, 2) if world.quick else (3, 3)
    seen = {few: [], many: []}
    for number in range(rounds):
        world.say(f"reading counts, turn {number + 1} of {rounds}")
        for articles, rows in seen.items():
            folder = world.folder / f"view-reads-{number}-{articles}"
            folder.mkdir()
            rows.append(world.program("view-reads", folder=folder, articles=articles,
                                      seconds=seconds))
    rival = f"{few:,} articles"
    note = f"{many:,} articles, 8 clients, all in one process"
    for key, name, unit in (
            ("batched_articles_per_second", "articles read, in batches of 100", "1/s"),
            ("single_calls_per_second", "single calls", "1/s"),
            ("bytes_per_article", "memory of an article", "bytes"),
            ("load_ms", "start from the store", "ms")):
        world.figure(f"view-counts-{name}", unit, [row[key] for row in seen[many]], rival,
                     [row[key] for row in seen[few]], note)
