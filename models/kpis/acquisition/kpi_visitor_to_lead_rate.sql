{{ visitor_conversion_kpi('visitor_to_lead_rate', 'lead') }}
