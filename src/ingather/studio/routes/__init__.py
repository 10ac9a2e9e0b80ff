"""The studio's HTTP API, one file a subject; routes only read the request and say the answer."""
