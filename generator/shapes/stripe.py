"""Stripe: objects of its API as dlt nests them, of the demo company and of awkward customers."""

from __future__ import annotations

from pathlib import Path

from generator.shapes import stripe_awkward, stripe_demo, stripe_dlt

SHAPES = ("dlt_basil", "dlt_2022")
"""By dlt, from the API since 2025-03-31 ("basil") and from that of 2022-11-15."""
FILE = "stripe.duckdb"
LOAD = "1767222000.123"


def write(folder: Path, shape: str) -> None:
    """Write the demo company to the schema `stripe_data`, the others to `stripe_awkward`."""
    for schema, books in (
        ("stripe_data", stripe_demo.books()),
        ("stripe_awkward", stripe_awkward.books()),
    ):
        answers = books.api(shape == "dlt_basil")
        stripe_dlt.write(folder / FILE, schema, stripe_dlt.normalise(answers, LOAD))
