select
    source_system,
    table_name,
    month_start,
    row_count

from {{ ref('input_months') }}
