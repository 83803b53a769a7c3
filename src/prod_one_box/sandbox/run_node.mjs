// Runs a Lambda function's handler, one event a line. Started as: node run_node.mjs FOLDER HANDLER DESCRIPTOR
import { existsSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { delimiter, dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
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

// Lambda's Node resolves ES modules by NODE_PATH, too (AWS Compute blog, 'Node.js 18.x runtime now available in AWS
// Lambda'); plain Node looks there for CommonJS alone.
function resolveInLayers(specifier, context, next) {
    try {
        return next(specifier, context);
    } catch (missing) {
        for (const modules of (process.env.NODE_PATH || '').split(delimiter).filter(existsSync)) {
            try {
                const beside = pathToFileURL(resolve(dirname(modules), 'of-a-layer.js'));
                return next(specifier, { ...context, parentURL: beside.href });
            } catch {
                // the next folder may have it
            }
        }
        throw missing;
    }
}
if (process.env.NODE_PATH && registerHooks) {
    registerHooks({ resolve: resolveInLayers });
}

// What a handler writes to, until it is whole.
class ResponseStream extends Writable {
    chunks = [];
    metadata = {};

    _write(chunk, encoding, done) {
        this.chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding));
        done();
    }

    setContentType(type) {
        this.metadata = { ...this.metadata, headers: { ...this.metadata.headers, 'content-type': type } };
    }

    answer() {
        return {
            statusCode: 200,
            ...this.metadata,
            headers: { 'content-type': 'application/octet-stream', ...lowered(this.metadata.headers) },
            body: Buffer.concat(this.chunks).toString('base64'),
            isBase64Encoded: true,
        };
    }
}

function lowered(headers) {
    return Object.fromEntries(Object.entries(headers || {}).map(([name, value]) => [name.toLowerCase(), value]));
}

const STREAMING = Symbol('streaming');

// Lambda developer guide, 'Response streaming for Lambda functions'.
globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign((...words) => handler(...words), { [STREAMING]: true }),
    HttpResponseStream: {
        from(stream, metadata) {
            stream.metadata = metadata;
            return stream;
        },
    },
};

async function runStreaming(handler, event, context) {
    const stream = new ResponseStream();
    const ended = new Promise((done, failed) => stream.on('finish', done).on('error', failed));
    await handler(event, stream, context);
    await ended;
    return { result: stream.answer(), streamed: true };
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
        if (handler[STREAMING]) {
            return await runStreaming(handler, event, contextOf(context));
        }
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

let handler;
try {
    handler = await load();
} catch (thrown) {
    console.error(thrown);
    answer(0, { error: String(thrown) });
    process.exit(1);
}
answer(0, {});
for await (const line of createInterface({ input: process.stdin })) {
    const { id, event, context } = JSON.parse(line);
    answer(id, await run(handler, event, context));
}
process.exit(0);
