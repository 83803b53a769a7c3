"""What a release must be able to hold, judged on resources as a template has them: at synth, and after it."""
