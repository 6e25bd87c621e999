"""Printed documents of a care plan: what a signed version and the facts kept with a print say, set on paper.

`home_programme` and `plan` turn a plan's tree and the kept facts into plain values, in the active language;
`typesetting` makes a PDF of values by a template. None of them asks the database, and the same input gives the same bytes.
"""
