{#- The faults of the names in a setting of the right type. -#}
{% macro faults_of_names(name, definition, value) -%}
    {%- if definition.type == 'cuts' and execute -%}
        {{- return(faults_of_cuts(name, value, definition.columns_of)) -}}
    {%- elif definition.type == 'custom_columns' -%}
        {{- return(faults_of_custom_columns(name, value)) -}}
    {%- elif definition.type == 'currency' and execute -%}
        {{- return(faults_of_currency(name, value)) -}}
    {%- elif definition.type == 'connector_tables' -%}
        {%- set faults = [] -%}
        {%- for connector, tables in value.items() if tables != 'all' -%}
            {%- do faults.extend(unknown_tables(name ~ '.' ~ connector, tables)) -%}
        {%- endfor -%}
        {{- return(faults) -}}
    {%- elif definition.type == 'tables' -%}
        {{- return(unknown_tables(name, value)) -}}
    {%- elif definition.type in ['connectors', 'formats', 'metadata_keys', 'schemas', 'sources', 'time_zones'] -%}
        {%- set tables = var('connector_tables', none) -%}
        {%- set connectors = tables if tables is mapping else [] -%}
        {%- set named = (value | list) + (value.values() | list if definition.type == 'sources' else [])
        -%}
        {{- return(unknown_names(name, named | unique | list, connectors, 'connector')) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#-
    A property stands beside the columns of its table, under a name that SQL takes without quotes,
    comes from a column of the source, and cuts figures under a name that no other cut has: two tables
    may not give a cut the same name, since a deal has those of its company.
-#}
{% macro faults_of_custom_columns(name, tables) -%}
    {%- set faults, known_cuts = [], [] -%}
    {%- set connectors = var('connector_tables', none) -%}
    {%- for table, columns in tables.items() -%}
        {%- set taken = columns_beside_custom(table) if execute and columns else [] -%}
        {%- for column in columns -%}
            {%- set place = name ~ '.' ~ table ~ '.' ~ column.name -%}
            {%- set from = column['from'] -%}
            {%- set settings = settings_with_cut(table, column) -%}
            {%- set marts = marts_with_column(
                marts_of_custom_cuts()[table] if column.cut else [], column.name
            ) -%}
            {%- if settings -%}
                {%- do faults.append(
                    name ~ '.' ~ table ~ ': ' ~ settings[0] ~ ' has a cut ' ~ column.name
                    ~ ' already; give this one another name'
                ) -%}
            {%- elif column.cut and column.name in own_dimensions() -%}
                {%- do faults.append(
                    name ~ '.' ~ table ~ ': KPIs have a dimension ' ~ column.name
                    ~ ' of their own; give this one another name'
                ) -%}
            {%- elif column.cut and column.name in known_cuts -%}
                {%- do faults.append(
                    name ~ '.' ~ table ~ ': another table has a cut ' ~ column.name
                    ~ '; give one another name'
                ) -%}
            {%- elif column.name in words_of_sql() -%}
                {%- do faults.append(place ~ ': this is a word of SQL; give the column another name') -%}
            {%- elif column.name in taken -%}
                {%- do faults.append(
                    place ~ ': ' ~ table ~ ' have a column of this name already; give this one another'
                ) -%}
            {%- elif marts -%}
                {%- do faults.append(
                    place ~ ': ' ~ marts[0] ~ ' has a column of this name already; give this one another'
                ) -%}
            {%- elif not from or (from is mapping and not from.values() | select | list) -%}
                {%- do faults.append(place ~ ': from names no column of the source') -%}
            {%- elif from is mapping -%}
                {%- do faults.extend(unknown_names(
                    place, from, connectors if connectors is mapping else [], 'connector'
                )) -%}
            {%- endif -%}
            {%- do known_cuts.append(column.name) if column.cut -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}


{#- The settings that have a cut already that a property asks for. -#}
{% macro settings_with_cut(table, column) -%}
    {%- set found = [] -%}
    {%- for setting_name in cuts_of_custom_columns()[table]
        if column.cut and var(setting_name) is mapping
        and column.name in ['all'] + var(setting_name) | list -%}
        {%- do found.append(setting_name) -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}


{#- Those of the marts whose contract has a column; none while dbt parses. -#}
{% macro marts_with_column(marts, column) -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes.values() if execute else [])
        if node.resource_type == 'model' and node.name in marts and column in node.columns -%}
        {%- do found.append(node.name) -%}
    {%- endfor -%}
    {{- return(found | sort) -}}
{%- endmacro %}


{#- The columns of the models that carry the custom columns of a table, as far as YAML lists them. -#}
{% macro columns_beside_custom(table) -%}
    {%- set names = ['input_row_id', 'source_system'] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (
        node.name == 'input_' ~ table or modules.re.search(
            'custom_(fields|names|cells)\\(.' ~ table, node.raw_code
        )
    ) -%}
        {%- do names.extend(node.columns | list) -%}
    {%- endfor -%}
    {{- return(names) -}}
{%- endmacro %}


{#- A fault if a currency has no rate in the seed. -#}
{% macro faults_of_currency(name, currency) -%}
    {%- set currencies = seed_currencies() -%}
    {%- if currencies and currency not in currencies -%}
        {{- return([
            name ~ ": '" ~ currency ~ "' has no rate in seeds/reference/currency_rates.csv, which has "
            ~ currencies | sort | join(', ')
        ]) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#-
    A dimension is written into SQL and into the KPIs' rows; `all` is the total. Several dimensions
    together are one more, named by them: 'team x channel': [team, channel].
-#}
{% macro faults_of_cuts(name, cuts, marts) -%}
    {%- set faults = [] -%}
    {%- set columns = [] -%}
    {%- for mart in marts -%}
        {%- set of_mart = text_columns(mart) -%}
        {%- do columns.append(of_mart if loop.first else columns[-1] | select('in', of_mart) | list) -%}
    {%- endfor -%}
    {%- for dimension, column in cuts.items() -%}
        {%- set place = name ~ '.' ~ dimension -%}
        {%- if column is not string and column is sequence -%}
            {%- do faults.extend(faults_of_pair(place, dimension, column, cuts)) -%}
            {%- continue -%}
        {%- endif -%}
        {%- if dimension == 'all' or not modules.re.fullmatch('[a-z][a-z0-9_]*', dimension | string) -%}
            {%- do faults.append(
                place ~ ': a dimension is named in small letters, digits and _, and not all'
            ) -%}
        {%- endif -%}
        {%- if column not in columns[-1] -%}
            {%- do faults.append(
                place ~ ": '" ~ column ~ "' is no text column of " ~ marts | join(' and ') ~ ', ids aside'
                ~ did_you_mean(column, columns[-1])
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}


{#- Several dimensions together are dimensions of the same setting, and give it its name. -#}
{% macro faults_of_pair(place, dimension, parts, cuts) -%}
    {%- set alone = [] -%}
    {%- for cut, column in cuts.items() if column is string -%}
        {%- do alone.append(cut) -%}
    {%- endfor -%}
    {%- set unknown = parts | reject('in', alone) | list -%}
    {%- if unknown -%}
        {{- return([
            place ~ ": '" ~ unknown[0] ~ "' is no dimension of this setting"
            ~ did_you_mean(unknown[0] | string, alone)
        ]) -}}
    {%- elif parts | length < 2 or parts | unique | list | length < parts | length
        or dimension != parts | join(' x ') -%}
        {{- return([
            place ~ ': several dimensions together are named by them, such as '
            ~ "'team x channel': [team, channel]"
        ]) -}}
    {%- endif -%}
    {{- return([]) -}}
{%- endmacro %}


{#- The text columns of a mart, by its contract, but for ids: not all of its KPIs pass those on. -#}
{% macro text_columns(mart) -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == mart -%}
        {%- for column in node.columns.values()
            if column.data_type in ['varchar', 'text', 'string'] and not column.name.endswith('_id') -%}
            {%- do names.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for table, marts in marts_of_custom_columns().items() if mart in marts -%}
        {%- for column in (var('custom_columns') or {}).get(table) or []
            if type_of_custom(column) == 'varchar' -%}
            {%- do names.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(names) -}}
{%- endmacro %}


{#-
    A sentence for each name of an input table that is none. None while dbt parses: the hook at the
    start of a command then says all that is wrong at once.
-#}
{% macro unknown_tables(place, names) -%}
    {{- return(unknown_names(place, names, input_tables() if execute else [], 'input table')) -}}
{%- endmacro %}


{#- A sentence for each name that is none of the known ones; none where no name is known. -#}
{% macro unknown_names(place, names, known, thing) -%}
    {%- set faults = [] -%}
    {%- for name in names if known and name not in known -%}
        {%- do faults.append(
            place ~ ": there is no " ~ thing ~ " '" ~ name ~ "'"
            ~ (did_you_mean(name, known) or '; there are ' ~ known | sort | join(', '))
        ) -%}
    {%- endfor -%}
    {{- return(faults) -}}
{%- endmacro %}
