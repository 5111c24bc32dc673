{#-
    Where a connector's extracts lie: `extracts_dir` is one folder, or {connector: folder}. Empty
    where it names none.
-#}
{% macro extracts_folder(connector) -%}
    {%- set folders = var('extracts_dir') -%}
    {{- return(((folders.get(connector) if folders is mapping else folders) or '') | string) -}}
{%- endmacro %}


{#-
    The files that can hold an extract, in order of preference: `<name>.csv`, `<name>.parquet`, or
    the Parquet files of a folder `<name>/`. None where the connector has no folder: the gate says so.
-#}
{% macro extract_candidates(connector, extract) -%}
    {%- set folder = extracts_folder(connector) -%}
    {%- if not folder -%}
        {{- return([]) -}}
    {%- endif -%}
    {{- return([
        folder ~ '/' ~ extract ~ '.csv',
        folder ~ '/' ~ extract ~ '.parquet',
        folder ~ '/' ~ extract ~ '/*.parquet',
    ]) -}}
{%- endmacro %}


{#-
    A raw extract, to stand in a connector's `from`: all text if it is CSV, typed if it is Parquet.
    It makes the connector wait for `extract_checks`, so that no file is read before it is known to
    be readable and to have the declared columns.
-#}
{% macro extract(connector, name) -%}
    {#- depends_on: extract_checks -#}
    {%- do ref('extract_checks') -%}
    {%- set relation = source(connector, name) -%}
    {%- if not execute -%}
        {{- return(relation) -}}
    {%- endif -%}
    {{- return(adapter.dispatch('read_extract')(connector, name, relation)) -}}
{%- endmacro %}


{#- Other engines find the extract as a table of the source's schema. -#}
{% macro default__read_extract(connector, name, relation) -%}
    {{- return(relation) -}}
{%- endmacro %}


{% macro duckdb__read_extract(connector, name, relation) -%}
    {%- for path in extract_candidates(connector, name) -%}
        {%- set found = run_query("select count(*) from glob('" ~ escape_single_quotes(path) ~ "')") -%}
        {%- if found.columns[0].values()[0] > 0 -%}
            {{- return(duckdb_reader(path)) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- exceptions.raise_compiler_error('No extract ' ~ name ~ ' for the connector ' ~ connector) -}}
{%- endmacro %}


{#-
    DuckDB's reader for one path. Nothing is sniffed: a sniffed file can change its meaning with its
    content (day-first dates, Yes/No as booleans, a row that begins with # dropped as a comment).
    Text is trimmed here already, so that a connector meets the values that it compares with.
-#}
{% macro duckdb_reader(path) -%}
    {%- if path.endswith('.csv') -%}
        {{- return(
            "(select " ~ trimmed('columns(*)') ~ " from "
            ~ "read_csv('" ~ escape_single_quotes(path) ~ "', all_varchar = true, header = true, "
            ~ "delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = false, "
            ~ "comment = '', skip = 0))"
        ) -}}
    {%- else -%}
        {{- return("read_parquet('" ~ escape_single_quotes(path) ~ "')") -}}
    {%- endif -%}
{%- endmacro %}


{#- Whether a connector feeds the warehouse: `config(enabled=connector_is_active('acme'))`. -#}
{% macro connector_is_active(connector) -%}
    {{- return(connector in setting('connectors')) -}}
{%- endmacro %}


{#- The input tables that a connector supplies. -#}
{% macro tables_of(connector) -%}
    {{- return(setting('connector_tables')[connector]) -}}
{%- endmacro %}


{#- The active connectors that supply an input table. -#}
{% macro connectors_supplying(table) -%}
    {%- set supplying = [] -%}
    {%- for connector in setting('connectors') if table in tables_of(connector) -%}
        {%- do supplying.append(connector) -%}
    {%- endfor -%}
    {{- return(supplying) -}}
{%- endmacro %}
