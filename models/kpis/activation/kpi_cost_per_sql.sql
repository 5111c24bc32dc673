{{ cost_per_entry_kpi(
    'cost_per_sql', 'sql', ['marketing'],
    {'average': ('full', true), 'total': ('full', false)}
) }}
