{{ config(enabled=connector_is_active('quickbooks')) }}

{{ expenses_of_report(ref('base_quickbooks__lines')) }}
