/*
Claim: nothing is lost at the gate: for each source and input table, the rows received are the rows
staged, the rows rejected and those of internal records.
Why it could break: a filter or a join in staging that drops or multiplies rows, a row that is both
rejected and staged, a rejection under the wrong source.
Not checked: whether a row was rejected rightly; rows that the connectors leave out before the
inputs.
*/
select *

from {{ ref('fct_input_loads') }}

where row_count != staged_row_count + rejected_row_count + internal_row_count
