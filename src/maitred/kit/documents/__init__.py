"""One account of what was found, told on paper, on slides, in a letter and on a page; and tables as files.

A desk puts its sentences, figures, charts and tables into a ``sections.Document``. ``pdf``, ``slides``, ``mail`` and
``page`` print the same document; ``tabular`` writes a table as CSV, XLSX or Parquet. Nothing here reads a database or
a clock, and the same document gives the same bytes. Text that people wrote stays text in every form.
"""
