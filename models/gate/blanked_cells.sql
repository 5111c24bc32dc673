{{ broken_cells('blank', 'blanked_value') }}
