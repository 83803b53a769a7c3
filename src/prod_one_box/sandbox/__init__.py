"""Run the code of an assembly on this machine. No other package starts such code.

`child_process.launch` starts every process, and `ChildProcess` exchanges lines of JSON with it. A stricter confinement
of whole processes, such as a container, belongs in `launch`.

Which code may do what, with the rights of the user who starts it:

- *The waits' handler*, for a rehearsal (`wait_process`, `wait_child`): Python in isolated mode with an audit hook
  (`python_confinement`). It may read its own folder and Python's library. It may not write, open other files, use the
  network, start processes, or see this process's environment. boto3 is replaced by stubs (`client_stubs`), whose calls
  the rehearsal answers. A call that takes 30 seconds is killed, and resource limits end a process that is orphaned.
- *Edge code*, for a rehearsal and the preview (`edge_runner`, `node_confinement.mjs`): Node with its permission model,
  in a temporary folder of its own. It may read and write that folder, and import the modules that CloudFront Functions
  have, or with Lambda@Edge those that reach neither network nor processes. It may not start processes, use `fetch` or
  sockets that it would have to import, or see this process's environment. A rehearsal's batch has no pipe, whose object
  in Node is a socket. In the preview the process stays and has pipes, so code may get to the network there, unless Node
  (25 or later) refuses it.
- *Lambda functions*, and a user's own Lambda@Edge functions, for the preview (`local_function`, `python_driver`): not
  confined. They get the template's environment and an empty home, so that AWS's libraries find no credentials of the
  developer; code that looks for files by their path or calls an address reaches them.

None of this stops code that sets out to break the interpreter.

Node runs one driver, `node_driver.mjs`, for edge code and functions. Python has two, which share nothing but lines of
JSON: `wait_child` is confined, sets the clock and asks AWS in the middle of a request; `python_driver` runs a
function as Lambda does, and must not have this package on its import path.
"""
