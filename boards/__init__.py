"""The boards: what they declare, the figures that they ask for, and the pages that show them."""
