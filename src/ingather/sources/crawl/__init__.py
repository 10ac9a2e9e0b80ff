"""The crawler: from addresses to answers in web archives, politely and once each, whatever happens."""
