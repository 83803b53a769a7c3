// Runs the canary's entry with stand-ins for what CloudWatch Synthetics and the AWS SDK give it.
'use strict';

const Module = require('node:module');

const seen = { asked: [], configuration: null, steps: [], cookies: [] };
const standIns = {
    '@aws/synthetics-puppeteer': {
        getConfiguration: () => ({ setConfig: (options) => (seen.configuration = options) }),
        executeStep: async (name, step) => {
            seen.steps.push(name);
            return step();
        },
        getPage: async () => ({
            on: () => null,
            off: () => null,
            setCookie: async (cookie) => seen.cookies.push(cookie),
            goto: async () => ({ status: () => 200, headers: () => ({ 'x-req-partition': process.env.ANSWERED }) }),
            waitForSelector: async () => null,
        }),
    },
    '@aws-sdk/client-secrets-manager': {
        GetSecretValueCommand: class {
            constructor(input) {
                this.input = input;
            }
        },
        SecretsManagerClient: class {
            async send(command) {
                seen.asked.push(command.input);
                return { SecretString: 'the-secret' };
            }
        },
    },
};
const load = Module._load;
Module._load = (name, ...others) => standIns[name] || load(name, ...others);

require(process.argv[2]).handler().then(
    () => console.log(JSON.stringify({ ...seen, error: null })),
    (error) => console.log(JSON.stringify({ ...seen, error: error.message }))
);
