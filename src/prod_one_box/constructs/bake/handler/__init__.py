"""What the waits run in Lambda; this folder is deployed as it stands."""
