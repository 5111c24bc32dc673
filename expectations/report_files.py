"""The check of exported reports: each file is one that is known, whole, and told once."""

from __future__ import annotations

from pathlib import Path

import great_expectations.expectations as gxe
import pandas as pd

from expectations.declared import Extract
from expectations.reports import Report, columns_found, read_reports, repeated_rows
from expectations.rules import Rule
from expectations.runner import EXAMPLES, Finding, Runner
from expectations.scans import FOREIGN_FORMATS, REPORTS, Scan, places


def is_of_reports(extract: Extract) -> bool:
    """Whether an extract is looked for as reports in a folder, and not as a table."""
    return extract.report is not None and extract.candidate_paths[0].endswith(REPORTS)


def scan_reports(extract: Extract) -> Scan:
    """Look at all reports of an extract."""
    path = extract.candidate_paths[0]
    scan = Scan(extract.connector, extract.name, path, has_folder=Path(path).parent.is_dir())
    files = places(extract.candidate_paths).get(path, [])
    scan.is_found = bool(files)
    if not files:
        return scan
    scan.is_filled = True
    foreign = {file: name for file in files if (name := _foreign_format(file))}
    scan.report_faults["report_is_readable"] = [
        f"{file.name} is {name}; save it as CSV" for file, name in foreign.items()
    ]
    reports = read_reports(extract, [file for file in files if file not in foreign])
    for report in reports:
        scan.report_faults["report_is_readable"] += _faults_of_text(report)
    scan.report_faults["report_is_known"] = [
        f"{report.file} is no report that {extract.connector} knows: {report.unknown}"
        for report in reports
        if report.unknown
    ]
    scan.report_faults["entry_is_in_one_report"] = [
        f"{fault}; keep one of them, or export so that they share no entry"
        for fault in repeated_rows(extract, reports)
    ]
    if any(report.shape for report in reports):
        scan.header = columns_found(extract, reports)
    return scan


def _foreign_format(file: Path) -> str:
    """Return what a file is that is no text."""
    with file.open("rb") as content:
        start = content.read(8)
    for mark, name in FOREIGN_FORMATS.items():
        if start.startswith(mark) and name != "UTF-16 text":
            return name
    return ""


def _faults_of_text(report: Report) -> list[str]:
    """Say what is wrong with the text of a report."""
    if not report.line_count and not report.lines_not_text:
        return [f"{report.file} is empty"]
    faults = {
        "has text in another encoding than UTF-8": report.lines_not_text,
        "has a quote that is opened and not closed, or followed by text where it closes": (
            report.lines_of_bad_quotes
        ),
        "has more values than the header": report.lines_of_wrong_length,
    }
    return [
        f"{report.file} {words} in line {', '.join(map(str, lines[:EXAMPLES]))}"
        for words, lines in faults.items()
        if lines
    ]


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
