"""What makes foreign things harmless: customers' HTML, uploads, typed hosts, webhooks, text on its way to a log."""
