"""Answers for assistants: a read-only server of the Model Context Protocol over the published file.

`server` says which questions there are, `answers` answers them, `catalogue` and `periods` read the
names and the periods that are asked for, `published` opens the file, `words` has the words of
closed lists. docs/assistants.md says how to connect an assistant.
"""
