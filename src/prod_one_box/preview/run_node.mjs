// Runs a Lambda function's handler, one event a line. Started as: node run_node.mjs FOLDER HANDLER DESCRIPTOR
import { existsSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

// Lambda developer guide, 'Lambda quotas': 6 MB; the number of bytes is that of Lambda's own message.
const LARGEST_ANSWER = 6_291_556;

const [folder, handlerName, descriptor] = process.argv.slice(2);
const dot = handlerName.lastIndexOf('.');
const stem = resolve(folder, handlerName.slice(0, dot));

function answer(id, said) {
    const rest = Buffer.from(`${JSON.stringify({ id, ...said })}\n`);
    for (let written = 0; written < rest.length;) {
        written += writeSync(Number(descriptor), rest, written);
    }
}

function contextOf({ requestId, milliseconds, memory }) {
    const deadline = Date.now() + milliseconds;
    return {
        awsRequestId: requestId,
        functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
        functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        memoryLimitInMB: String(memory),
        callbackWaitsForEmptyEventLoop: true,
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
}

async function load() {
    const file = ['.mjs', '.js', '.cjs'].map((suffix) => stem + suffix).find(existsSync);
    if (!file) {
        throw new Error(`there is no file ${stem}.mjs, .js or .cjs`);
    }
    const module = await import(pathToFileURL(file));
    const name = handlerName.slice(dot + 1);
    return module[name] ?? module.default[name];
}

async function run(handler, event, context) {
    try {
        const result = (await handler(event, contextOf(context))) ?? null;
        if (Buffer.byteLength(JSON.stringify(result)) > LARGEST_ANSWER) {
            return { error: `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).` };
        }
        return { result };
    } catch (thrown) {
        console.error(thrown);
        return { error: String(thrown) };
    }
}

const handler = await load();
answer(0, {});
for await (const line of createInterface({ input: process.stdin })) {
    const { id, event, context } = JSON.parse(line);
    answer(id, await run(handler, event, context));
}
process.exit(0);
