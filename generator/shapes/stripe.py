"""Stripe: objects of its API as loaders deliver them, of the demo and of awkward customers."""

from __future__ import annotations

from pathlib import Path

from generator.shapes import stripe_awkward, stripe_demo, stripe_dlt, stripe_fivetran

SHAPES = ("dlt_basil", "dlt_2022", "fivetran")
"""By dlt, from the API since 2025-03-31 ("basil") and from that of 2022-11-15; by Fivetran."""
FILE = "stripe.duckdb"
LOAD = "1767222000.123"


def write(folder: Path, shape: str) -> None:
    """Write the demo company to `stripe.duckdb`, the others to a folder `awkward` beside it."""
    for place, books in (
        (folder, stripe_demo.books()),
        (folder / "awkward", stripe_awkward.books()),
    ):
        place.mkdir(parents=True, exist_ok=True)
        if shape == "fivetran":
            tables = stripe_fivetran.rows(books)
        else:
            tables = stripe_dlt.normalise(books.api(shape == "dlt_basil"), LOAD)
        stripe_dlt.write(place / FILE, "stripe_data", tables)
