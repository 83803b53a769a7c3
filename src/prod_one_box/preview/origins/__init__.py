"""What answers behind an origin on this machine: functions, buckets and local servers."""
