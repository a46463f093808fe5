"""Who GitHub Actions is on AWS: one role that may preview, one that may deploy."""
