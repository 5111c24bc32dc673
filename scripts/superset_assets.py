"""What the files of `superset/assets` say: for Superset, for dbt's exposures and for tests.

The files are in the form in which Superset exports its objects: datasets are SQL, charts name the
columns and metrics of a dataset, the dashboard names charts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "superset" / "assets"
# The dashboard's name in its address.
DASHBOARD = "revenue"
# Where a path to the published file belongs.
URI = "duckdb:///"


@dataclass(frozen=True)
class Dataset:
    """SQL on the published file, with the columns and metrics that charts may name."""

    file: str
    title: str
    description: str
    owner: str
    uuid: str
    sql: str
    columns: list[str]
    metrics: dict[str, str]

    def asked(self, **chosen: str) -> str:
        """Return the SQL that Superset asks, with what filters choose, as in cut="Team"."""
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
        environment.filters["where_in"] = _where_in

        def filter_values(column: str, default: str | None = None) -> list[str]:
            value = chosen.get(column, default)
            return [value] if value else []

        return environment.from_string(self.sql).render(filter_values=filter_values)


@dataclass(frozen=True)
class Chart:
    """One chart, and what of its dataset it names."""

    file: str
    title: str
    uuid: str
    kind: str
    dataset: Dataset
    columns: set[str] = field(default_factory=set)
    metrics: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Dashboard:
    """A dashboard with its charts, and the columns that its filters set."""

    file: str
    title: str
    description: str
    owner: str
    name: str
    charts: list[Chart]
    filters: list[tuple[Dataset, str]]

    @property
    def datasets(self) -> list[Dataset]:
        """Return the datasets that it asks, each once."""
        asked = [chart.dataset for chart in self.charts] + [each for each, _ in self.filters]
        return list({dataset.file: dataset for dataset in asked}.values())


def read(kind: str, folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return the files of one kind, such as "charts", by their names."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((folder / kind).glob("*.yaml"))
    }


def datasets(folder: Path = FOLDER) -> dict[str, Dataset]:
    """Return the datasets by the names of their files."""
    return {
        name: Dataset(
            file=f"superset/assets/datasets/{name}.yaml",
            title=found["table_name"],
            description=found["description"],
            owner=found["extra"]["certification"]["certified_by"],
            uuid=found["uuid"],
            sql=found["sql"],
            columns=[column["column_name"] for column in found["columns"]],
            metrics={each["metric_name"]: each["expression"] for each in found["metrics"]},
        )
        for name, found in read("datasets", folder).items()
    }


def charts(folder: Path = FOLDER) -> dict[str, Chart]:
    """Return the charts by the names of their files."""
    by_uuid = {dataset.uuid: dataset for dataset in datasets(folder).values()}
    return {
        name: Chart(
            file=f"superset/assets/charts/{name}.yaml",
            title=found["slice_name"],
            uuid=found["uuid"],
            kind=found["viz_type"],
            dataset=by_uuid[found["dataset_uuid"]],
            columns=_columns_of(found["params"]),
            metrics=_metrics_of(found["params"]),
        )
        for name, found in read("charts", folder).items()
    }


def dashboards(folder: Path = FOLDER) -> dict[str, Dashboard]:
    """Return the dashboards by the names of their files."""
    of_charts = {chart.uuid: chart for chart in charts(folder).values()}
    of_datasets = {dataset.uuid: dataset for dataset in datasets(folder).values()}
    return {
        name: Dashboard(
            file=f"superset/assets/dashboards/{name}.yaml",
            title=found["dashboard_title"],
            description=found["description"],
            owner=found["certified_by"],
            name=name,
            charts=[
                of_charts[part["meta"]["uuid"]]
                for part in found["position"].values()
                if isinstance(part, dict) and part["type"] == "CHART"
            ],
            filters=[
                (of_datasets[target["datasetUuid"]], target["column"]["name"])
                for each in found["metadata"]["native_filter_configuration"]
                for target in each["targets"]
            ],
        )
        for name, found in read("dashboards", folder).items()
    }


def bundle(published: Path, folder: Path = FOLDER) -> dict[str, str]:
    """Return the texts of all files by their paths, with the path of the published file in them."""
    files = {}
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "databases":
            found = yaml.safe_load(text)
            found["sqlalchemy_uri"] = URI + str(published.absolute())
            text = yaml.safe_dump(found, sort_keys=False)
        files[path.relative_to(folder).as_posix()] = text
    return files


def _columns_of(params: dict[str, Any]) -> set[str]:
    """Return the columns that a chart names."""
    named = set(params.get("groupby", [])) | set(params.get("all_columns", []))
    named |= {params["x_axis"]} if "x_axis" in params else set()
    named |= {each["subject"] for each in params.get("adhoc_filters", [])}
    named |= set(params.get("column_config", {}))
    named |= {each["column"] for each in params.get("conditional_formatting", [])}
    for order in params.get("order_by_cols", []):
        named.add(yaml.safe_load(order)[0])
    return named


def _metrics_of(params: dict[str, Any]) -> set[str]:
    """Return the metrics that a chart names."""
    named = set(params.get("metrics", []))
    return named | ({params["metric"]} if "metric" in params else set())


def _where_in(values: list[str]) -> str:
    """Write values as SQL's `in` takes them, as Superset's filter of that name does."""
    return "(" + ", ".join("'" + re.sub("'", "''", value) + "'" for value in values) + ")"
