{#-
    The settings of the project: the variables of dbt_project.yml, which --vars may change for one
    build. One line each says what a setting may be; its name is known by standing here.

    type          who reads the value, and what it must be: see `allowed_values`
    from, to      the range of a number, both ends allowed
    may_be_empty  '' switches the setting off
    by_table      a mapping of input tables to values may stand for the value, with a `default`
    columns_of    the marts that a cut's columns must all stand in
-#}
{% macro setting_definitions() -%}
{{- return({
    'connectors': {'type': 'connectors'},
    'connector_tables': {'type': 'connector_tables'},
    'extracts_dir': {'type': 'folders'},
    'extract_schemas': {'type': 'schemas'},
    'extract_formats': {'type': 'formats'},
    'custom_columns': {'type': 'custom_columns'},
    'id_sources': {'type': 'sources'},
    'metadata_keys': {'type': 'metadata_keys'},
    'match_companies_by_domain': {'type': 'boolean'},
    'source_time_zones': {'type': 'time_zones'},
    'reporting_date': {'type': 'day', 'may_be_empty': true},
    'reporting_currency': {'type': 'currency'},
    'reporting_time_zone': {'type': 'time_zone'},
    'fiscal_year_start_month': {'type': 'whole_number', 'from': 1, 'to': 12},
    'week_starts_on': {'type': 'one_of', 'choices': [
        'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'
    ]},
    'count_archived_records': {'type': 'boolean'},
    'cohort_horizon_days': {'type': 'whole_number', 'from': 1, 'to': 3650},
    'mature_share': {'type': 'number', 'from': 0.01, 'to': 1},
    'stale_after_silences': {'type': 'number', 'from': 1, 'to': 100, 'may_be_empty': true},
    'cac_lag_months': {'type': 'whole_number', 'from': 0, 'to': 60},
    'clv_discount_rate': {'type': 'number', 'from': 0, 'to': 1},
    'clv_max_lifetime_years': {'type': 'number', 'from': 0.1, 'to': 100, 'may_be_empty': true},
    'min_lost_customers': {'type': 'whole_number', 'from': 0, 'to': 1000000},
    'min_forecast_cases': {'type': 'whole_number', 'from': 1, 'to': 1000000},
    'min_forecast_errors': {'type': 'whole_number', 'from': 2, 'to': 1000000},
    'attribution_window_days': {
        'type': 'whole_number', 'from': 0, 'to': 3650, 'may_be_empty': true
    },
    'attribution_half_life_days': {'type': 'whole_number', 'from': 1, 'to': 3650},
    'past_due_grace_days': {'type': 'whole_number', 'from': 0, 'to': 3650},
    'renewal_notice_days': {'type': 'whole_number', 'from': 1, 'to': 365},
    'mrr_exchange_rates': {'type': 'one_of', 'choices': ['market', 'fixed']},
    'rep_roles': {'type': 'texts'},
    'idle_after_days': {'type': 'whole_number', 'from': 1, 'to': 3650},
    'pay_by_rep': {'type': 'boolean'},
    'max_landing_pages': {'type': 'whole_number', 'from': 1, 'to': 1000},
    'max_loss_reasons': {'type': 'whole_number', 'from': 1, 'to': 1000},
    'internal_hostnames': {'type': 'texts'},
    'calendar_start': {'type': 'day'},
    'calendar_end': {'type': 'day'},
    'max_rejected_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'max_load_drop_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'max_growing_load_drop_share': {'type': 'number', 'from': 0, 'to': 1},
    'warn_load_drop_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'growing_tables': {'type': 'tables'},
    'max_unknown_share': {'type': 'number', 'from': 0, 'to': 1, 'by_table': true},
    'kept_generations': {'type': 'whole_number', 'from': 0, 'to': 100},
    'kept_history_days': {'type': 'whole_number', 'from': 1, 'to': 36500},
    'contact_cuts': {'type': 'cuts', 'columns_of': ['fct_contact_funnel']},
    'deal_cuts': {'type': 'cuts', 'columns_of': ['fct_deals']},
    'loss_cuts': {'type': 'cuts', 'columns_of': ['fct_deals']},
    'pipeline_cuts': {'type': 'cuts', 'columns_of': ['fct_pipeline_balances']},
    'stage_cuts': {'type': 'cuts', 'columns_of': ['fct_deal_stages']},
    'quota_cuts': {
        'type': 'cuts', 'columns_of': ['fct_quota_months', 'fct_pipeline_months', 'fct_deals']
    },
    'customer_cuts': {'type': 'cuts', 'columns_of': [
        'fct_contract_months', 'fct_customer_periods', 'fct_customer_revenue_months',
        'fct_intra_month_churn', 'fct_invoice_lines', 'fct_invoice_line_months', 'fct_invoices',
        'fct_mrr_months', 'fct_mrr_movements', 'fct_receivable_months', 'fct_subscription_months',
        'fct_trials'
    ]},
    'invoice_cuts': {'type': 'cuts', 'columns_of': ['fct_customer_invoice_periods']},
    'feedback_cuts': {'type': 'cuts', 'columns_of': ['fct_feedback']},
    'visit_cuts': {
        'type': 'cuts', 'columns_of': [
            'fct_contact_funnel', 'fct_touches', 'fct_visitors', 'fct_web_sessions'
        ]
    },
    'spend_cuts': {
        'type': 'cuts', 'columns_of': [
            'fct_contact_funnel', 'fct_costs', 'fct_deal_credits', 'fct_deals'
        ]
    },
    'credit_cuts': {'type': 'cuts', 'columns_of': ['fct_deal_credits', 'fct_spend_credits']},
    'cost_cuts': {'type': 'cuts', 'columns_of': ['fct_costs']},
    'rep_cuts': {'type': 'cuts', 'columns_of': ['fct_rep_months']},
}) -}}
{%- endmacro %}


{#- The allowed values of a setting, in the words of the message that refuses others. -#}
{% macro allowed_values(definition) -%}
    {%- set range = 'from ' ~ definition.from ~ ' to ' ~ definition.to -%}
    {%- set words = {
        'boolean': 'true or false',
        'connector_tables': 'a list of input tables for each connector, or all,'
            ~ ' like {demo: all, acme: [deals]}',
        'connectors': 'a list of connectors of connector_tables, each once, like [demo]',
        'currency': 'a currency of currency_rates',
        'custom_columns': 'for deals, companies or contacts a list of columns with name, from, a type (text,'
            ~ ' number, day or flag) and cut: true for text that figures are cut by,'
            ~ ' like {deals: [{name: region, from: Region__c}]}, or {}',
        'cuts': 'names and text columns of the mart, like {owner: owner_name}',
        'day': 'a day like 2025-12-31',
        'folders': 'a folder or DuckDB file, or one for each connector, like {demo: seeds/demo}',
        'formats': 'for each connector some of delimiter (one character or tab), quote (one character),'
            ~ ' encoding (' ~ extract_encodings() | join(', ') ~ '), decimal_mark (. or ,),'
            ~ ' date_format (such as DD/MM/YYYY) and currency (of amounts without one), like'
            ~ ' {acme: {delimiter: ";"}}',
        'metadata_keys': 'for each connector some of ' ~ known_metadata_keys() | join(', ')
            ~ ', like {stripe: {crm_company_id: hubspot_id}}, or {}',
        'number': 'a number ' ~ range,
        'one_of': (definition.choices or []) | join(' or '),
        'schemas': 'a schema for each connector, like {hubspot: hubspot_data}, or {}',
        'sources': 'for each connector another one whose records it names, like {stripe: hubspot}, or {}',
        'tables': 'a list of input tables, like [invoices]',
        'texts': 'a list of texts, like [one, two]',
        'time_zone': 'a time zone like Europe/Paris',
        'time_zones': 'a time zone for each connector, like {demo: Europe/Paris}, or {}',
        'whole_number': 'a whole number ' ~ range,
    }[definition.type] -%}
    {{- return(
        words
        ~ (', or such numbers by input table with a default' if definition.by_table else '')
        ~ (', or empty' if definition.may_be_empty else '')
    ) -}}
{%- endmacro %}


{#-
    A setting that SQL loops over. dbt does that while it parses, before `check_settings` can run:
    it would end in a message of Jinja's if the value were no list.
-#}
{% macro setting(name) -%}
    {%- if setting_faults(name, var(name)) -%}
        {%- do refuse_settings(all_setting_faults()) -%}
    {%- endif -%}
    {{- return(var(name)) -}}
{%- endmacro %}
