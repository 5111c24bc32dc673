"""Stripe: objects of its API as dlt nests them, of the demo company and of awkward customers."""

from __future__ import annotations

from pathlib import Path

from generator.shapes import stripe_demo, stripe_dlt

SHAPES = ("dlt_basil", "dlt_2022")
"""By dlt, from the API since 2025-03-31 ("basil") and from that of 2022-11-15."""
FILE = "stripe.duckdb"


def write(folder: Path, shape: str) -> None:
    """Write the demo company into the schema `stripe_data`."""
    basil = shape == "dlt_basil"
    stripe_dlt.write(
        folder / FILE,
        "stripe_data",
        stripe_dlt.normalise(stripe_demo.books().api(basil), "1767222000.123"),
    )
