"""Run dbt on a project that was parsed before: `python parsed_dbt.py <folder> build --vars …`.

dbt parses anew whenever --vars or the profile change, although most variables are only read when a
model runs. Parsing takes most of the time of a small build, and the tests make dozens of them.
"""

import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import PARTIAL_PARSE_FILE_NAME, extended_mashumuro_decoder

if __name__ == "__main__":
    parsed = (Path(sys.argv[1]) / PARTIAL_PARSE_FILE_NAME).read_bytes()
    manifest = Manifest.from_msgpack(parsed, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    outcome = dbtRunner(manifest=manifest).invoke(sys.argv[2:])
    # As dbt ends: 1 if a node failed, 2 if dbt could not run.
    sys.exit(0 if outcome.success else 2 if outcome.exception else 1)
