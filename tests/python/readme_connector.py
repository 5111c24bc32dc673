"""The connector of docs/connect.md, built as the page says: a company with deals alone."""

import re
import shutil
from pathlib import Path

import yaml
from builds import BUILD, UNTESTED_BUILD, once
from conftest import ROOT, dbt

PAGE = (ROOT / "docs" / "connect.md").read_text()
BILLING_FILES = re.findall(r"<!-- billing file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
LEFT_OUT = (".git", ".venv", "target", "build", "published", "logs", ".*_cache", "__pycache__")


def readme_build(demo_build):
    """Return the build of the page's connector, made once for all workers."""
    folder = demo_build.folder.parent / "readme_build"

    def build():
        write_project(folder / "project")
        [reporting_date] = re.findall(r"--vars '\{reporting_date: (\S+)\}'", PAGE)
        return dbt(
            folder,
            BUILD,
            project=folder / "project",
            variables={"reporting_date": reporting_date},
        )

    return once(folder, build)


def with_billing(demo_build):
    """Return the build of the MRR of the page's two connectors, in the project of the first."""
    project = readme_build(demo_build).folder / "project"
    folder = demo_build.folder.parent / "billing_build"
    tables = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]["connector_tables"]
    [supplied] = re.findall(r"`(bills: \[.+?\])` in `connector_tables`", PAGE)
    [connectors] = re.findall(r"`connectors: (\[acme, .+?\])`:", PAGE)
    return once(
        folder,
        lambda: dbt(
            folder,
            [*UNTESTED_BUILD, "--select", "+kpi_mrr"],
            project=project,
            extracts={name: project / "extracts" / name for name in ("acme", "bills")},
            variables={
                "connectors": yaml.safe_load(connectors),
                "connector_tables": tables | yaml.safe_load(supplied),
                "reporting_date": "2025-04-30",
            },
            reads=True,
        ),
    )


def write_project(project):
    """Copy the project and do what the page says."""
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    # The demo's files and their generator may be deleted: nothing else needs them.
    shutil.rmtree(project / "generator")
    shutil.rmtree(project / "seeds" / "demo")
    files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert [Path(name).suffix for name, _ in files] == [".csv", ".yml", ".sql", ".sql"]
    # The second connector is there, and not switched on.
    for name, content in [*files, *BILLING_FILES]:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    own = PAGE.split("\n## A connector of your own\n")[1].split("\n## ")[0]
    [switched_on] = re.findall(r"```yaml\n(  connectors: .*?)```", own, re.DOTALL)
    settings = {k: str(v) for k, v in re.findall(r"^  (\w+): +(.+?)(?: +#.*)?$", switched_on, re.M)}
    [supplied] = re.findall(r"`(acme: \[.+?\])` to `connector_tables`", PAGE)
    text = (project / "dbt_project.yml").read_text()
    text = text.replace("  connector_tables:\n", f"  connector_tables:\n    {supplied}\n")
    for name, value in settings.items():
        text = re.sub(rf"^  {name}: .*$", f"  {name}: {value}", text, flags=re.M)
    (project / "dbt_project.yml").write_text(text)
