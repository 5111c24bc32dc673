"""The check of the raw files, before anything is read from them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pandas as pd

from expectations.declared import Extract, extracts_of
from expectations.extract_files import check_files
from expectations.extract_headers import check_headers
from expectations.report_files import check_reports, scan_reports
from expectations.reports import is_of_reports
from expectations.rules import Rule
from expectations.runner import Finding, Runner, as_relation
from expectations.scans import IN_DATABASE, Scan, scan_extract


def check_extracts(
    con: duckdb.DuckDBPyConnection, declared: pd.DataFrame
) -> duckdb.DuckDBPyRelation:
    """Check the files of every declared extract.

    `declared` is the model `extracts`, one row per column. Returns findings shaped like those of
    `input_checks`.
    """
    return as_relation(con, findings_of(extracts_of(declared)))


def findings_of(extracts: list[Extract]) -> list[Finding]:
    """Return the findings on the files of extracts; an optional one that is not there has none."""
    runner = Runner()
    scans = []
    readable = []
    for extract in extracts:
        if is_of_reports(extract):
            scan = scan_reports(extract)
        else:
            scan = scan_extract(
                extract.connector, extract.name, extract.candidate_paths, extract.format
            )
        if extract.is_optional and scan.has_folder and not scan.is_found:
            continue
        scan.is_optional = extract.is_optional
        scans.append(scan)
        if scan.is_readable:
            readable.append((scan, extract))
    # First, since they look at the header alone: what is in the rows follows from it.
    findings = check_headers(runner, readable)
    findings += _check_folders(runner, scans)
    findings += check_files(runner, scans)
    findings += check_reports(runner, scans)
    return findings


def _check_folders(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per connector on its folder: one message, not one for each missing file."""
    rule = Rule(
        "folder_is_found",
        "critical",
        "",
        gxe.ExpectColumnValuesToBeInSet(column="has_folder", value_set=[True]),
    )
    folders = {scan.connector: scan for scan in reversed(scans)}
    frame = pd.DataFrame(
        {"has_folder": [scan.has_folder for scan in folders.values()]},
        index=pd.RangeIndex(len(folders), name="input_row_id"),
    )
    if frame.empty:
        return []
    [(_, row_ids)] = runner.unexpected(frame, [rule])
    findings = []
    for number, (connector, scan) in enumerate(folders.items()):
        finding = Finding(connector, rule, row_count=1)
        if number in row_ids:
            file, _, table = scan.path.partition(IN_DATABASE)
            folder = file if table else str(Path(file).parent) if file else ""
            finding.row_ids, finding.sources = [number], [connector]
            finding.keys, finding.values = [folder or connector], [None]
            finding.explanation = (
                f"{folder} is {scan.trouble}"
                if scan.trouble
                else f"there is no {'file' if table else 'folder'} {folder}; is extracts_dir right?"
                if folder
                else f"extracts_dir names no folder for it; add {connector}: <folder>"
            )
        findings.append(finding)
    return findings
