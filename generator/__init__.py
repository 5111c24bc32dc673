"""Write the raw extracts of Lumévo, the fictional company that the demo runs on.

Lumévo is invented, as are its people, its customers and its figures.
"""
