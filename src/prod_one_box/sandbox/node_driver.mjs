// Answers questions, one a line, with an edge function or a Lambda function. Started as
//     node node_driver.mjs cloudfront|lambda-at-edge ANSWERS
//     node node_driver.mjs lambda FOLDER HANDLER ANSWERS
// where ANSWERS is a descriptor's number or a file's name.
import { existsSync, openSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { delimiter, dirname, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

// Lambda developer guide, 'Lambda quotas': 6 MB; the number of bytes is that of Lambda's own message.
const LARGEST_ANSWER = 6_291_556;

const [runtime, ...words] = process.argv.slice(2);
const answers = /^\d+$/.test(words.at(-1)) ? Number(words.at(-1)) : openSync(words.at(-1), 'w');

function write(text) {
    const rest = Buffer.from(text);
    for (let written = 0; written < rest.length;) {
        written += writeSync(answers, rest, written);
    }
}

// Beside this file's copy lie the code, with what `edge_runner.py` adds to it, and CloudFront's module.
async function loadEdgeCode() {
    const { default: cloudfront } = await import('cloudfront');
    const { default: handler, oneBoxBucketOf } = await import('./edge.mjs');
    const { default: pick } = await import('./pick.mjs');

    function bucketOf(event, bounds) {
        const { request, ...rest } = event.Records ? event.Records[0].cf : event;
        if (!(rest.config || rest.context).eventType.startsWith('viewer-')) {
            return null;
        }
        return oneBoxBucketOf(JSON.parse(JSON.stringify(request)), request.clientIp || rest.viewer.ip, bounds);
    }

    async function answerTo(event, bounds) {
        cloudfront.chosen = null;
        const answer = { result: null, error: null, bucket: null };
        try {
            if (bounds !== undefined) {
                answer.bucket = bucketOf(event, bounds);
            }
            const result = await handler(event);
            const isMessage = result !== null && typeof result === 'object' && !Array.isArray(result);
            answer.result = isMessage ? pick(result) : result;
        } catch (thrown) {
            answer.error = String(thrown);
        }
        answer.origin = cloudfront.chosen;
        return answer;
    }

    async function answerSimilar(similar) {
        const numbers = new Map();
        const of = [];
        if (similar.slots.some((slot) => slot !== 'id' && similar.rows.some((row) => !(slot in row)))) {
            throw new Error('a row has too few texts');
        }
        for (const row of similar.rows) {
            const answer = JSON.stringify(await answerTo(eventOf(similar, row)));
            let number = numbers.get(answer);
            if (number === undefined) {
                numbers.set(answer, number = numbers.size);
            }
            of.push(number);
        }
        return { distinct: [...numbers.keys()].map((text) => JSON.parse(text)), of };
    }

    return ({ event, bounds, similar }) => similar ? answerSimilar(similar) : answerTo(event, bounds);
}

// An event is written and parsed for each row, so that no two of them share an object.
function eventOf({ texts, slots }, row) {
    const inner = row.map((text) => JSON.stringify(text).slice(1, -1));
    let event = texts[0];
    for (let place = 0; place < slots.length; place++) {
        const slot = slots[place];
        event += (slot === 'id' ? identifierOf(inner.join(' ')) : inner[slot]) + texts[place + 1];
    }
    return JSON.parse(event);
}

// Two hashes by the method of Fowler, Noll and Vo: different for different visitors, and much cheaper than a digest.
function identifierOf(text) {
    let [one, other] = [0x811c9dc5, 0x01000193];
    for (let place = 0; place < text.length; place++) {
        one = Math.imul(one ^ text.charCodeAt(place), 0x01000193);
        other = Math.imul(other, 0x01000193) ^ text.charCodeAt(place);
    }
    return [one, other].map((number) => (number >>> 0).toString(16).padStart(8, '0')).join('');
}

// Lambda's Node resolves ES modules by NODE_PATH, too (AWS Compute blog, 'Node.js 18.x runtime now available in AWS
// Lambda'); plain Node looks there for CommonJS alone.
function resolveInLayers(specifier, context, next) {
    try {
        return next(specifier, context);
    } catch (missing) {
        for (const modules of process.env.NODE_PATH.split(delimiter).filter(existsSync)) {
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

// Keeps what a handler writes until it is complete.
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
        const headers = Object.entries(this.metadata.headers || {}).map(([name, value]) => [name.toLowerCase(), value]);
        return {
            statusCode: 200,
            ...this.metadata,
            headers: { 'content-type': 'application/octet-stream', ...Object.fromEntries(headers) },
            body: Buffer.concat(this.chunks).toString('base64'),
            isBase64Encoded: true,
        };
    }
}

const STREAMING = Symbol('streaming');

async function runStreaming(handler, event, context) {
    const stream = new ResponseStream();
    const ended = new Promise((done, failed) => stream.on('finish', done).on('error', failed));
    await handler(event, stream, context);
    await ended;
    return { result: stream.answer(), streamed: true };
}

async function loadFunction(folder, handlerName) {
    // Lambda developer guide, 'Response streaming for Lambda functions'.
    globalThis.awslambda = {
        streamifyResponse: (handler) => Object.assign((...given) => handler(...given), { [STREAMING]: true }),
        HttpResponseStream: {
            from(stream, metadata) {
                stream.metadata = metadata;
                return stream;
            },
        },
    };
    if (process.env.NODE_PATH && registerHooks) {
        registerHooks({ resolve: resolveInLayers });
    }
    const dot = handlerName.lastIndexOf('.');
    const [stem, name] = [resolve(folder, handlerName.slice(0, dot)), handlerName.slice(dot + 1)];
    const file = ['.mjs', '.js', '.cjs'].map((suffix) => stem + suffix).find(existsSync);
    if (!file) {
        throw new Error(`there is no file ${stem}.mjs, .js or .cjs`);
    }
    const module = await import(pathToFileURL(file));
    const handler = module[name] ?? module.default[name];

    return async function ({ event, context }) {
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
    };
}

let answer;
try {
    answer = await (runtime === 'lambda' ? loadFunction(...words) : loadEdgeCode());
} catch (thrown) {
    console.error(thrown);
    write(`${JSON.stringify({ id: 0, error: String(thrown) })}\n`);
    process.exit(1);
}
write('{"id":0}\n');
let rest = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    let written = '';
    for (const line of lines) {
        const { id, ...question } = JSON.parse(line);
        written += `${JSON.stringify({ id, ...await answer(question) })}\n`;
    }
    write(written);
}
process.exit(0);
