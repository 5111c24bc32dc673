{{ cost_per_entry_kpi(
    'cost_per_mql', 'mql', ['marketing'],
    {'average': ('full', true), 'total': ('full', false)}
) }}
