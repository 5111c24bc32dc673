"""Write the demo extracts: `python -m generator --scale 1 --seed 20240101 --out seeds/demo`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from generator import billing, cases, crm, finance, flaws, history, trials, web
from generator.tables import TABLES, Batch
from generator.world import COMPANIES, World
from generator.writers import CsvSink, ParquetSink, swapped_in

SEED = 20240101
BATCH_COMPANIES = 400
"""Companies held in memory before their rows are written."""


def generate(sink: CsvSink, seed: int, scale: int, *, with_rejects: bool) -> None:
    """Write every table to the sink, companies in batches so that memory stays bounded."""
    world = World(seed, scale)
    batch: Batch = defaultdict(list)

    def flush() -> None:
        for table, rows in batch.items():
            sink.write(table, rows)
        batch.clear()

    finance.write_people(world, batch)
    finance.write_pipelines(batch)
    finance.write_campaigns(world, batch)
    finance.write_rates(world, batch)
    billing.write_plans(batch)
    flush()
    for index in range(COMPANIES * scale):
        account = crm.open_account(world, index)
        until = billing.live(world, account, batch)
        trials.write(world, account, batch)
        crm.write(world, account, batch)
        history.write(world, account, batch)
        if account.won is not None:
            crm.write_feedback(world, account, until, batch)
        web.write_account(world, account, batch)
        if index % BATCH_COMPANIES == BATCH_COMPANIES - 1:
            flush()
    flush()
    for table, rows in web.anonymous(world):
        sink.write(table, rows)
    web.stand_visitors(world, batch)
    finance.write_forecasts(world, batch)
    cases.write(world, batch)
    if with_rejects:
        flaws.write(world, batch)
    flush()


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    parser.add_argument("--scale", type=int, default=1, help="multiples of 1,090 companies")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("seeds/demo"))
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    chosen = parser.parse_args(arguments)
    if chosen.scale < 1:
        parser.error("--scale must be 1 or more")
    sink_class = CsvSink if chosen.format == "csv" else ParquetSink
    with swapped_in(chosen.out) as folder, sink_class(folder) as sink:
        generate(sink, chosen.seed, chosen.scale, with_rejects=chosen.format == "csv")
    for table in TABLES:
        print(f"{table:24}{sink.rows[table]:>10,}")


if __name__ == "__main__":
    main()
