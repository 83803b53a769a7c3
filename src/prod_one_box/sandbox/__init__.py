"""Run the code of an assembly on this machine: edge functions, Lambda functions and the waits' handler."""
