"""One file to send: a page of the dashboard as HTML that opens from disk, without any network."""
