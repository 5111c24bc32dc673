"""The demo company as other tools would deliver it: the same facts in the shape of a vendor.

Each module writes the tables of one vendor, with the awkward values that its real exports have. The
tests build the warehouse from them and compare the KPIs with those of the demo's own files.
"""
