{#-
    Where a connector's extracts lie: `extracts_dir` is one folder, or {connector: folder}. Empty
    where it names none.
-#}
{% macro extracts_folder(connector) -%}
    {%- set folders = var('extracts_dir') -%}
    {{- return(((folders.get(connector) if folders is mapping else folders) or '') | string) -}}
{%- endmacro %}


{#- What `config: {meta: …}` says in the YAML of a source, of one of its tables or of a column. -#}
{% macro declared_meta(node) -%}
    {{- return((node.config or {}).get('meta') or node.meta or {}) -}}
{%- endmacro %}


{#- The declaration of an extract in the connector's YAML. -#}
{% macro declared_extract(connector, extract) -%}
    {%- for node in graph.sources.values()
        if node.source_name == connector and node.name == extract -%}
        {{- return(node) -}}
    {%- endfor -%}
{%- endmacro %}


{#- The names under which loaders deliver an extract: its own, and those of its meta `names`. -#}
{% macro extract_names(connector, extract) -%}
    {%- set node = declared_extract(connector, extract) -%}
    {{- return([extract] + (declared_meta(node).get('names') or [] if node else [])) -}}
{%- endmacro %}


{#-
    The places that can hold an extract: `<name>.csv`, `<name>.parquet`, or the Parquet files of a
    folder `<name>/`; in a DuckDB file a table, as `<path>::<schema>.<table>` or `<path>::<table>`.
    The gate stops if there are several. None where the connector has no folder: the gate says so.
    Reports are all CSV files of the folder.
-#}
{% macro extract_candidates(connector, extract) -%}
    {%- set folder = extracts_folder(connector) -%}
    {%- set candidates = [] -%}
    {%- for name in extract_names(connector, extract) if folder -%}
        {%- if is_reports(connector, extract) and not folder.endswith('.duckdb') -%}
            {%- do candidates.append(folder ~ '/*.csv') -%}
        {%- elif folder.endswith('.duckdb') -%}
            {%- set schema = var('extract_schemas').get(connector) -%}
            {%- do candidates.append(folder ~ '::' ~ (schema ~ '.' if schema else '') ~ name) -%}
        {%- else -%}
            {%- do candidates.extend([
                folder ~ '/' ~ name ~ '.csv',
                folder ~ '/' ~ name ~ '.parquet',
                folder ~ '/' ~ name ~ '/*.parquet',
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(candidates) -}}
{%- endmacro %}


{#-
    Whether an extract consists of reports, as people export them from a tool: files with titles,
    headings and totals. Its meta `report` says which column has the `day`, which `entries` alone
    have filled, and which make two entries the `same`.
-#}
{% macro is_reports(connector, extract) -%}
    {%- set node = declared_extract(connector, extract) -%}
    {{- return('report' in declared_meta(node) if node else false) -}}
{%- endmacro %}


{#-
    Connectors whose one extract several tools write, with the seed that has the headers of each:
    rows of platform, column_name, header.
-#}
{% macro seeds_of_shapes() -%} {{- return({'spend': 'spend_columns'}) -}} {%- endmacro %}


{#-
    How the source of a connector writes CSV files, days and numbers: `extract_formats`, or RFC 4180
    in UTF-8 with ISO days and a decimal point.
-#}
{% macro extract_format(connector) -%}
    {%- set written = {
        'delimiter': ',', 'quote': '"', 'encoding': 'utf-8', 'decimal_mark': '.', 'date_format': '',
        'currency': '',
    } -%}
    {%- do written.update(var('extract_formats').get(connector) or {}) -%}
    {{- return(written) -}}
{%- endmacro %}


{#-
    A raw extract, to stand in a connector's `from`: all text if it is CSV, typed if it is Parquet or
    a table. It makes the connector wait for `extract_checks`, so that no file is read before it is
    known to be readable and to have the declared columns. One that may be missing (meta `optional`)
    is empty if it is.
-#}
{% macro extract(connector, name) -%}
    {#- depends_on: extract_checks, extract_headers -#}
    {%- do ref('extract_checks') -%}
    {%- do ref('extract_headers') -%}
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


{#- The place is the one that the gate has looked at: `extract_headers` lists those that are there. -#}
{% macro duckdb__read_extract(connector, name, relation) -%}
    {%- set paths = run_query(
        "select distinct path from " ~ ref('extract_headers') ~ " where connector = '" ~ connector
        ~ "' and extract_name = '" ~ name ~ "'"
    ).columns[0].values() -%}
    {%- if paths -%}
        {{- return(duckdb_reader(paths[0], extract_format(connector))) -}}
    {%- elif declared_meta(declared_extract(connector, name)).get('optional') -%}
        {{- return('(select ' ~ empty_text() ~ ' as no_such_extract where false)') -}}
    {%- endif -%}
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
    meets the values that it compares with. A file in another encoding than UTF-8 comes as the copy
    that `extract_headers` has made. Parquet parts are joined by the names of their columns:
    a loader adds a column when it first has a value.
-#}
{% macro duckdb_reader(path, format) -%}
    {%- if '.duckdb::' in path -%}
        {%- set file, table = path.rsplit('::', 1) -%}
        {%- set schema, name = table.split('.', 1) if '.' in table else ['', table] -%}
        {{- return(
            "read_duckdb(" ~ duckdb_path(file)
            ~ (", schema_name = '" ~ escape_single_quotes(schema) ~ "'" if schema else '')
            ~ ", table_name = '" ~ escape_single_quotes(name) ~ "')"
        ) -}}
    {%- elif path.endswith('.csv') -%}
        {{- return(
            "(select " ~ trimmed('columns(*)') ~ " from "
            ~ "read_csv(" ~ duckdb_path(path) ~ ", all_varchar = true, header = true, "
            ~ "delim = '" ~ delimiter_of(format) ~ "', quote = '" ~ format.quote.replace("'", "''")
            ~ "', escape = '" ~ format.quote.replace("'", "''") ~ "', nullstr = '', "
            ~ "strict_mode = false, "
            ~ "comment = '', hive_partitioning = false, skip = " ~ lines_above_header(path, format)
            ~ "))"
        ) -}}
    {%- else -%}
        {{- return(
            "read_parquet(" ~ duckdb_path(path) ~ ", hive_partitioning = false, union_by_name = true)"
        ) -}}
    {%- endif -%}
{%- endmacro %}


{#- The character between two cells. -#}
{% macro delimiter_of(format) -%}
    {{- return({'tab': '\\t'}.get(format.delimiter, format.delimiter).replace("'", "''")) -}}
{%- endmacro %}


{#-
    How many lines of a CSV file stand above its header: blank, or of commas and quotes alone, as a
    blank row leaves them. DuckDB would take the first of them for the header, and the header for a
    row. Here each line is read as one text, because no line contains the separator chr(1).
-#}
{% macro lines_above_header(path, format) -%}
    {%- set above = run_query(
        "select coalesce(min(line_number), 0) from ("
        ~ "select row_number() over () - 1 as line_number, line from read_csv("
        ~ duckdb_path(path) ~ ", columns = {'line': 'varchar'}, auto_detect = false, "
        ~ "header = false, delim = '\\x01', quote = '', escape = '', comment = '', nullstr = '', "
        ~ "null_padding = false, strict_mode = false, hive_partitioning = false) limit 1000) "
        ~ "where trim(line, ' \"" ~ format.delimiter.replace('tab', '').replace("'", "''")
        ~ "' || chr(9)) != ''"
    ) -%}
    {{- return(above.columns[0].values()[0]) -}}
{%- endmacro %}
