"""The Great Expectations suites that guard the inputs.

`rules` is their vocabulary; `crm`, `sales`, `marketing`, `billing` and `costs` hold them.
`extracts` judges the raw files by what `scans` saw of them: `extract_files` the files themselves,
`extract_headers` their columns. `loads` looks at whole tables, `references` at joins. `facts`
prepares the rows, `runner` drives Great Expectations, `causes` and `hints` explain what it found,
and `gate` runs all.
"""
