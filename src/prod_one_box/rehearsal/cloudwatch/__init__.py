"""The alarms of a template, and their states as time goes on."""
