"""The check of exported reports: each file is one that is known, whole, and told once."""

from __future__ import annotations

from pathlib import Path

import great_expectations.expectations as gxe
import pandas as pd

from expectations.declared import Extract
from expectations.reports import columns_found, faults_of, foreign_format, read_reports
from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import Scan, places


def scan_reports(extract: Extract) -> Scan:
    """Look at all reports of an extract."""
    path = extract.candidate_paths[0]
    scan = Scan(extract.connector, extract.name, path, has_folder=Path(path).parent.is_dir())
    files = places(extract.candidate_paths).get(path, [])
    scan.is_found = bool(files)
    if not files:
        return scan
    scan.is_filled = True
    reports = read_reports(extract, [file for file in files if not foreign_format(file)])
    scan.report_faults = faults_of(extract, files, reports)
    if any(report.shape for report in reports):
        scan.header = columns_found(extract, reports)
    return scan


def check_reports(runner: Runner, scans: list[Scan]) -> list[Finding]:
    """Return a finding per rule and extract on the reports that were found."""
    scans = [scan for scan in scans if scan.report_faults]
    if not scans:
        return []
    names = list(scans[0].report_faults)
    frame = pd.DataFrame(
        {name: [len(scan.report_faults[name]) for scan in scans] for name in names},
        index=pd.RangeIndex(len(scans), name="input_row_id"),
    )
    rules = [
        Rule(name, "critical", "", gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[0]))
        for name in names
    ]
    findings = []
    for rule, row_ids in runner.unexpected(frame, rules):
        for number, scan in enumerate(scans):
            finding = Finding(f"{scan.connector}.{scan.extract}", rule, row_count=1)
            if number in row_ids:
                faults = scan.report_faults[rule.name]
                finding.row_ids, finding.sources = [number], [scan.connector]
                finding.keys, finding.values = [scan.path], [None]
                finding.explanation = "; ".join(faults[:EXAMPLES]) + (
                    f"; and {len(faults) - EXAMPLES} more" if len(faults) > EXAMPLES else ""
                )
            findings.append(finding)
    return findings
