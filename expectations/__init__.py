"""The Great Expectations suites that guard the inputs, one module per group of tables.

`extracts` looks at the files, `loads` at each table as a whole, the other modules at its rows.
`gate` runs them and is the only module that knows how Great Expectations is driven.
"""
