"""Runs a dbt command for each line that it reads, in one process, on the warm dbt's project.

A line is [arguments, variables] as JSON; the answer is a line, too: [success, what dbt said].
"""

import json
import sys

from dbt.cli.main import dbtRunner

for line in sys.stdin:
    arguments, variables = json.loads(line)
    outcome = dbtRunner().invoke(["--log-level", "none", *arguments, "--vars", variables])
    messages = [result.message for result in getattr(outcome.result, "results", [])]
    said = str(outcome.exception) if outcome.exception else "\n".join(filter(None, messages))
    print("ANSWER", json.dumps([outcome.success, said]), flush=True)
