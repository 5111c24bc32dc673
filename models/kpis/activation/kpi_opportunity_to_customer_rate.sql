{{ conversion_rate_kpi('opportunity_to_customer_rate', 'opportunity', 'customer') }}
