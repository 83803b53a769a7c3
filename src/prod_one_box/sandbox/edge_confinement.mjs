// Runs before edge code, to keep it from what its runtime at AWS does not have, or a rehearsal must not use.
import { createRequire, registerHooks } from 'node:module';

// CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions".
const CLOUDFRONT = ['buffer', 'cloudfront', 'crypto', 'querystring'];
// Of what Lambda@Edge has, what reaches neither network nor processes; files are refused by Node's permission model.
const LAMBDA = [
    'assert', 'async_hooks', 'buffer', 'crypto', 'events', 'fs', 'fs/promises', 'path', 'path/posix', 'perf_hooks',
    'punycode', 'querystring', 'stream', 'stream/promises', 'string_decoder', 'timers', 'timers/promises', 'url', 'util',
    'util/types', 'zlib',
];
const AT_LAMBDA = process.argv[2] === 'lambda';
const ALLOWED = new Set(AT_LAMBDA ? [...LAMBDA, ...LAMBDA.map((name) => `node:${name}`)] : CLOUDFRONT);
const WHERE = AT_LAMBDA ? 'a rehearsal' : 'CloudFront Functions';
const DRIVER = new URL('./driver.mjs', import.meta.url).href;

function refuse(name) {
    return function () {
        throw new Error(`${name} is not to be had in ${WHERE}`);
    };
}

registerHooks({
    resolve(name, context, next) {
        if (name === DRIVER || context.parentURL === DRIVER || ALLOWED.has(name)) {
            return next(name, context);
        }
        return refuse(`the module ${name}`)();
    },
});

// CloudFront developer guide, "JavaScript runtime 2.0 features": its modules are required or imported.
if (!AT_LAMBDA) {
    const modules = createRequire(import.meta.url);
    globalThis.require = function (name) {
        const found = modules(name);
        return found.default ?? found;
    };
}

for (const name of ['fetch', 'EventSource', 'WebSocket']) {
    Object.defineProperty(globalThis, name, { value: refuse(name) });
}
const REACHING = [
    'binding', 'dlopen', 'execve', 'getBuiltinModule', 'kill', 'report', '_debugProcess', '_getActiveHandles',
    '_getActiveRequests', '_kill', '_linkedBinding',
];
for (const name of REACHING) {
    Object.defineProperty(process, name, { value: refuse(`process.${name}`) });
}
