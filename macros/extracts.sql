{#-
    Where a connector's extracts lie: `extracts_dir` is one folder, or {connector: folder}. Empty
    where it names none.
-#}
{% macro extracts_folder(connector) -%}
    {%- set folders = var('extracts_dir') -%}
    {{- return(((folders.get(connector) if folders is mapping else folders) or '') | string) -}}
{%- endmacro %}


{#-
    The files that can hold an extract: `<name>.csv`, `<name>.parquet`, or the Parquet files of a
    folder `<name>/`. The gate stops if there are several. None where the connector has no folder:
    the gate says so.
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
        {%- set found = run_query("select count(*) from glob(" ~ duckdb_path(path) ~ ")") -%}
        {%- if found.columns[0].values()[0] > 0 -%}
            {{- return(duckdb_reader(path)) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- exceptions.raise_compiler_error('No extract ' ~ name ~ ' for the connector ' ~ connector) -}}
{%- endmacro %}


{#-
    A candidate path as a literal that is no pattern: in a folder `extracts [2024]*` DuckDB would
    see one, and read the neighbouring folders. Only `/*.parquet` at the end is a pattern.
-#}
{% macro duckdb_path(path) -%}
    {%- set end = '/*.parquet' if path.endswith('/*.parquet') else '' -%}
    {%- set name = path[:path | length - end | length] -%}
    {%- set name = name.replace('[', '[[]').replace('*', '[*]').replace('?', '[?]') -%}
    {{- return("'" ~ escape_single_quotes(name ~ end) ~ "'") -}}
{%- endmacro %}


{#-
    DuckDB's reader for one path. Nothing is sniffed: a sniffed file can change its meaning with its
    content (day-first dates, Yes/No as booleans, a row that begins with # dropped as a comment),
    and a folder `month=2024-01` adds no column. Text is trimmed here already, so that a connector
    meets the values that it compares with.
-#}
{% macro duckdb_reader(path) -%}
    {%- if path.endswith('.csv') -%}
        {{- return(
            "(select " ~ trimmed('columns(*)') ~ " from "
            ~ "read_csv(" ~ duckdb_path(path) ~ ", all_varchar = true, header = true, "
            ~ "delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = false, "
            ~ "comment = '', hive_partitioning = false, skip = " ~ lines_above_header(path) ~ "))"
        ) -}}
    {%- else -%}
        {{- return("read_parquet(" ~ duckdb_path(path) ~ ", hive_partitioning = false)") -}}
    {%- endif -%}
{%- endmacro %}


{#-
    How many lines of a CSV file stand above its header: blank, or of commas and quotes alone, as a
    blank row leaves them. DuckDB would take the first of them for the header, and the header for a
    row. Here each line is read as one text, because no line contains the separator chr(1).
-#}
{% macro lines_above_header(path) -%}
    {%- set above = run_query(
        "select coalesce(min(line_number), 0) from ("
        ~ "select row_number() over () - 1 as line_number, line from read_csv("
        ~ duckdb_path(path) ~ ", columns = {'line': 'varchar'}, auto_detect = false, "
        ~ "header = false, delim = '\\x01', quote = '', escape = '', comment = '', nullstr = '', "
        ~ "null_padding = false, strict_mode = false, hive_partitioning = false) limit 1000) "
        ~ "where trim(line, ' ,\"' || chr(9)) != ''"
    ) -%}
    {{- return(above.columns[0].values()[0]) -}}
{%- endmacro %}
