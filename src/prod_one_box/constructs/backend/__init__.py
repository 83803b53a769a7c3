"""The backend's part of a release: a Lambda function that shifts gradually to its new version."""
