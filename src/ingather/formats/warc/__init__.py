"""Web archives: WARC 1.0 and 1.1 and the older ARC, record by record, and the HTTP messages inside."""
