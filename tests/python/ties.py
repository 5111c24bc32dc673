"""Rows of a history at one moment: which of them is the later one, is told by their order alone."""

# Table, whose history it is, what it says.
HISTORIES = {
    "deal_stage_history": ("deal_id", "stage_id", "entered_at"),
    "deal_property_history": ("deal_id, property_name", "property_value", "changed_at"),
}


def ties(con, database, table):
    """Return {(key, moment): the different values in the order of arrival} of an input table."""
    key, value, at = HISTORIES[table]
    return {
        tuple(row[:-1]): row[-1]
        for row in con.execute(
            f"select {key}, {at}, list({value} order by cast(input_row_id as bigint)) "
            f"from {database}.inputs.input_{table} group by {key}, {at} "
            f"having count(distinct coalesce({value}, '')) > 1"
        ).fetchall()
    }
