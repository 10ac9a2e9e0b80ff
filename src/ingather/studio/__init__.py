"""The studio: one web application on a workspace, where people give samples and keep a hold on them."""
