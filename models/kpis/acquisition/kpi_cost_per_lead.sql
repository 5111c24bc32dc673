{{ cost_per_entry_kpi(
    'cost_per_lead', 'lead', ['marketing'],
    {'fully_loaded': ('full', true), 'media_only': ('media', true)}
) }}
