"""The data model: the entities of the marts, their keys, and what refers to what.

A mart whose key is the id of a thing, or the key of a dimension, is an entity. A column refers to
the entity whose key it has, or whose key it ends with (`parent_company_id`). Whether the rows
that it names are there is counted in the published file.
"""

from __future__ import annotations

from typing import Any

import duckdb

from boards import figures

# A column that refers to an entity under a name of its own.
ALIASES = {"manager_id": "owner_id"}


def of_entities(con: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the entities with their keys, references and row counts, ready for JSON."""
    marts = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "marts"
        and "calendar" not in node["fqn"]
    }
    grains = grains_of(manifest)
    keys = {name: key_of(node, grains) for name, node in marts.items()}
    entities = entities_of(keys)
    by_name = {name: key for key, name in entities.items()}
    found = [
        {
            "name": name,
            "subject": marts[name]["fqn"][2],
            "description": " ".join(marts[name]["description"].split()),
            "key": list(key),
            "row_count": _count(con, name),
            "refers": [
                {"columns": columns, "to": to} | _matched(con, name, columns, to, by_name[to])
                for columns, to in references_of(name, marts[name]["columns"], entities)
            ],
            "details": sorted(
                [
                    {"name": each, "key": list(of_each)}
                    for each, of_each in keys.items()
                    if each not in by_name and owner_of(of_each, entities) == name
                ],
                key=lambda each: each["name"],
            ),
        }
        for name, key in sorted(by_name.items())
    ]
    depths = depths_of({each["name"]: [to["to"] for to in each["refers"]] for each in found})
    return {
        "publication": figures.of_publication(con),
        "entities": [each | {"depth": depths[each["name"]]} for each in found],
    }


def grains_of(manifest: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the columns of the test `grain_is` of each model."""
    return {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "grain_is"
    }


def key_of(node: dict[str, Any], grains: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the key of a mart: its primary key, or else its tested grain."""
    for constraint in node["constraints"]:
        if constraint["type"] == "primary_key":
            return tuple(constraint["columns"])
    for column in node["columns"].values():
        if any(each["type"] == "primary_key" for each in column["constraints"]):
            return (column["name"],)
    return grains.get(node["unique_id"], ())


def entities_of(keys: dict[str, tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return the entity of each key: of several marts a dimension, or the shortest name."""
    found: dict[tuple[str, ...], str] = {}
    for name in sorted(keys, key=lambda name: (not name.startswith("dim_"), len(name), name)):
        key = keys[name]
        if key and all(column.endswith("_id") for column in key):
            found.setdefault(key, name)
    # A key that has another one in it, such as that of a deal in a stage, is a detail's.
    return {
        key: name
        for key, name in found.items()
        if not any(set(key) > set(other) for other in found)
    }


def references_of(
    name: str, columns: list[str] | dict, entities: dict[tuple[str, ...], str]
) -> list[tuple[list[str], str]]:
    """Return what a mart refers to: its columns, and the entity."""
    found = []
    for key, entity in sorted(entities.items(), key=lambda each: each[1]):
        if entity != name and all(part in columns for part in key):
            found.append((list(key), entity))
        if len(key) == 1:
            found += [
                ([column], entity)
                for column in columns
                if column != key[0]
                and (column.endswith(f"_{key[0]}") or ALIASES.get(column) == key[0])
                and (column,) not in entities
            ]
    return found


def owner_of(key: tuple[str, ...], entities: dict[tuple[str, ...], str]) -> str | None:
    """Return the entity that a mart has several rows of: that of the first id of its key."""
    return next((entities[column,] for column in key if (column,) in entities), None)


def depths_of(parents: dict[str, list[str]]) -> dict[str, int]:
    """Return how many references are behind each entity, at most; a circle is cut."""
    depths: dict[str, int] = {}

    def depth(name: str, seen: tuple[str, ...]) -> int:
        if name not in depths:
            above = [each for each in parents[name] if each not in seen and each != name]
            depths[name] = 1 + max((depth(each, (*seen, name)) for each in above), default=-1)
        return depths[name]

    for name in sorted(parents):
        depth(name, ())
    return depths


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    [(count,)] = con.execute(f'select count(*) from marts."{name}"').fetchall()
    return count


def _matched(
    con: duckdb.DuckDBPyConnection, name: str, columns: list[str], to: str, key: tuple[str, ...]
) -> dict[str, int]:
    """Return how many rows name a row of the other entity, and of how many it is not there."""
    given = " and ".join(f'rows_here."{column}" is not null' for column in columns)
    equal = " and ".join(
        f'rows_here."{column}" = rows_there."{part}"'
        for column, part in zip(columns, key, strict=True)
    )
    [(named, missing)] = con.execute(
        f"""
        select
            count(*),
            count(*) filter (where not exists (
                select 1 from marts."{to}" as rows_there where {equal}
            ))
        from marts."{name}" as rows_here
        where {given}
        """
    ).fetchall()
    return {"named_count": named, "missing_count": missing}
