{{ broken_cells('warn', 'warned_value') }}
