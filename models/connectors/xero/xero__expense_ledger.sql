{{ config(enabled=connector_is_active('xero')) }}

{{ expenses_of_report(ref('base_xero__lines')) }}
