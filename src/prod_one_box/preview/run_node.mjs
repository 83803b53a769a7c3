// Runs a Lambda function's handler, one event a line. Started as: node run_node.mjs FOLDER HANDLER
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, handlerName] = process.argv.slice(2);
const dot = handlerName.lastIndexOf('.');
const stem = resolve(folder, handlerName.slice(0, dot));

// What the function prints belongs to its log; the answers have this way for themselves.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

function contextOf({ requestId, deadline, memory }) {
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

const handler = await load();
for await (const line of createInterface({ input: process.stdin })) {
    const { event, context } = JSON.parse(line);
    try {
        answer(JSON.stringify({ result: (await handler(event, contextOf(context))) ?? null }) + '\n');
    } catch (thrown) {
        console.error(thrown);
        answer(JSON.stringify({ error: String(thrown) }) + '\n');
    }
}
process.exit(0);
