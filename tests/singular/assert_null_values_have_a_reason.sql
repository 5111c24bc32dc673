/*
Claim: a KPI says why it has no value wherever it has none, and only there.
Why it could break: a reason that is a column of the wrong CTE, or a value computed by another
expression than the reason looks at.
Not checked: that it is the right reason. The unit tests of the KPIs do that, and a Python test for
each input that is left out.
*/
select *

from {{ ref('kpi_values') }}

where (value is null) != (null_reason is not null)
