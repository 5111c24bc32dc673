"""Every published figure is computed a second time, in plain Python from the raw files."""

import test_oracle
import test_recurring_revenue
import test_sales_forecasts
import test_unit_economics
import test_visitors
from kpi_catalogue import catalogue


def test_every_variant_is_computed_a_second_time():
    published = {
        (kpi, variant)
        for kpi, row in catalogue().items()
        if row["status"] == "available"
        for variant in row["variants"]
    }
    # These hold all variants that a view has against theirs.
    whole = {
        *test_recurring_revenue.KPIS, *test_sales_forecasts.KPIS, *test_unit_economics.KPIS,
    }  # fmt: skip
    computed = {(kpi, variant) for kpi, variant in published if kpi in whole}
    for variants in (test_oracle.VARIANTS, test_visitors.VARIANTS):
        computed |= {(kpi, variant) for kpi, names in variants.items() for variant in names}
    assert published - computed == set()
    assert computed - published == set()
