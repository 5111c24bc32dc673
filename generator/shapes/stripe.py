"""Stripe: objects of its API as dlt nests them, of the demo company and of awkward customers."""

from __future__ import annotations

from pathlib import Path

from generator.shapes import stripe_awkward, stripe_demo, stripe_dlt

SHAPES = ("dlt_basil", "dlt_2022")
"""By dlt, from the API since 2025-03-31 ("basil") and from that of 2022-11-15."""
FILE = "stripe.duckdb"
LOAD = "1767222000.123"


def write(folder: Path, shape: str) -> None:
    """Write the demo company to `stripe.duckdb`, the others to a folder `awkward` beside it."""
    for place, books in (
        (folder, stripe_demo.books()),
        (folder / "awkward", stripe_awkward.books()),
    ):
        place.mkdir(parents=True, exist_ok=True)
        answers = books.api(shape == "dlt_basil")
        stripe_dlt.write(place / FILE, "stripe_data", stripe_dlt.normalise(answers, LOAD))
