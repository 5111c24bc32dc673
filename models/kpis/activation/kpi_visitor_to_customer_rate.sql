{{ visitor_conversion_kpi('visitor_to_customer_rate', 'customer', entries_of='visitors') }}
