"""Builds on another engine than DuckDB: what is handed over to it, and how it is published there.

Connectors, gate and staging run in DuckDB, which reads files best. The tables that the rooms behind
staging read are handed over, and dbt builds these rooms there from the same models.
"""
