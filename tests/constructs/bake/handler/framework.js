// Runs the provider framework's own code, with its three ways out replaced by lines of JSON:
// it asks for a handler's answer, for time to pass, and hands in what CloudFormation would get.
"use strict";
const Module = require("module");
const readline = require("readline");

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const hear = async () => JSON.parse((await lines.next()).value);

let input;
const outbound = {
  async invokeFunction({ FunctionName, Payload }) {
    tell({ invoke: FunctionName, event: JSON.parse(Payload) });
    const { result, error, throttled } = await hear();
    if (throttled) throw new Error("TooManyRequestsException: Rate Exceeded.");
    return { Payload: Buffer.from(JSON.stringify(result)), FunctionError: error };
  },
  async startExecution(request) {
    input = request.input;
  },
  async httpRequest(_options, body) {
    tell({ answer: JSON.parse(body) });
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === "./outbound" ? outbound : load(name, ...rest));
Object.assign(process.env, {
  USER_ON_EVENT_FUNCTION_ARN: "arn:aws:lambda:eu-central-1:123456789012:function:on_event",
  USER_IS_COMPLETE_FUNCTION_ARN: "arn:aws:lambda:eu-central-1:123456789012:function:is_complete",
  WAITER_STATE_MACHINE_ARN: "arn:aws:states:eu-central-1:123456789012:stateMachine:waiter",
});
console.log = () => {};

(async () => {
  const framework = require(process.argv[2] + "/framework.js");
  await framework.onEvent(await hear());
  for (;;) {
    try {
      await framework.isComplete(JSON.parse(input));
      return process.exit(0);
    } catch (retry) {
      if (retry.constructor.name !== "Retry") throw retry;
      tell({ passTime: true });
      await hear();
    }
  }
})();
