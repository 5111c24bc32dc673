{{ broken_cells('reject', 'rejected_value') }}
