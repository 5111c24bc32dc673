{{ cost_per_entry_kpi(
    'cost_per_opportunity', 'opportunity', ['marketing', 'sales'],
    {'average': ('full', true), 'total': ('full', false)}
) }}
