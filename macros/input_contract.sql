{#-
    The tables of the input contract, listed here and nowhere else: a model of models/inputs has the
    columns of each.

    day      the column by which its rows are counted by month, if it has one: the gate compares the
             months with those of the published file
    moments  the columns that hold moments, which tell how far the data goes
-#}
{% macro input_tables() -%}
{{- return({
    'owners': {},
    'owner_periods': {'day': 'valid_from'},
    'companies': {'day': 'created_at', 'moments': ['created_at']},
    'contacts': {'day': 'created_at', 'moments': ['created_at']},
    'contact_companies': {},
    'lifecycle_history': {'day': 'entered_at', 'moments': ['entered_at']},
    'pipelines': {},
    'deals': {'day': 'created_at', 'moments': ['created_at']},
    'deal_contacts': {},
    'deal_stage_history': {'day': 'entered_at', 'moments': ['entered_at']},
    'deal_property_history': {'day': 'changed_at', 'moments': ['changed_at']},
    'quotes': {'day': 'created_at', 'moments': ['created_at', 'sent_at']},
    'activities': {'day': 'occurred_at', 'moments': ['occurred_at']},
    'campaigns': {'day': 'start_date'},
    'campaign_spend': {'day': 'spent_on'},
    'web_sessions': {'day': 'started_at', 'moments': ['started_at']},
    'trade_show_visits': {'day': 'visited_at', 'moments': ['visited_at']},
    'feedback_submissions': {'day': 'submitted_at', 'moments': ['submitted_at']},
    'plans': {},
    'subscriptions': {'day': 'valid_from'},
    'invoices': {'day': 'issued_on'},
    'invoice_lines': {'day': 'period_start'},
    'exchange_rates': {'day': 'rate_date'},
    'expense_ledger': {'day': 'booked_on'},
    'payroll': {'day': 'payroll_month'},
    'quotas': {'day': 'quarter_start'},
    'submitted_forecasts': {'day': 'submitted_on'},
}) -}}
{%- endmacro %}
