"""A posting on paper, in a page, in a message: one outline, printed as HTML, Markdown, plain text, DOCX and PDF."""
