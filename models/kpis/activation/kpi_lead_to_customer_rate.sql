{{ conversion_rate_kpi('lead_to_customer_rate', 'lead', 'customer') }}
