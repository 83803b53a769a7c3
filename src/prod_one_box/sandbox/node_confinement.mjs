// Runs before edge code and takes away what its runtime at AWS does not have, or a rehearsal must not use.
import { createRequire, registerHooks } from 'node:module';

// CloudFront developer guide, "JavaScript runtime 2.0 features for CloudFront Functions".
const CLOUDFRONT = ['buffer', 'cloudfront', 'crypto', 'querystring'];
// Lambda@Edge has all of Node. These reach neither network nor processes; Node's permission model refuses files.
const LAMBDA = [
    'assert', 'async_hooks', 'buffer', 'crypto', 'events', 'fs', 'fs/promises', 'path', 'path/posix', 'perf_hooks',
    'punycode', 'querystring', 'stream', 'stream/promises', 'string_decoder', 'timers', 'timers/promises', 'url', 'util',
    'util/types', 'zlib',
];
const AT_LAMBDA = process.argv[2] === 'lambda-at-edge';
const ALLOWED = new Set(AT_LAMBDA ? [...LAMBDA, ...LAMBDA.map((name) => `node:${name}`)] : CLOUDFRONT);
const WHERE = AT_LAMBDA ? 'a rehearsal' : 'CloudFront Functions';
const DRIVER = new URL('./node_driver.mjs', import.meta.url).href;

function refuse(name) {
    return function () {
        throw new Error(`${name} is not available in ${WHERE}`);
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

// CloudFront developer guide, "JavaScript runtime 2.0 features": its modules can be required or imported.
if (!AT_LAMBDA) {
    const modules = createRequire(import.meta.url);
    globalThis.require = function (name) {
        const found = modules(name);
        return found.default ?? found;
    };
}

for (const name of ['fetch', 'EventSource', 'WebSocket']) {
    delete globalThis[name]; // to define WebSocket otherwise loads Node's own, which takes longer than the rest of the start
    Object.defineProperty(globalThis, name, { value: refuse(name) });
}
const REACHING = [
    'binding', 'dlopen', 'execve', 'getBuiltinModule', 'kill', 'report', '_debugProcess', '_getActiveHandles',
    '_getActiveRequests', '_kill', '_linkedBinding',
];
for (const name of REACHING) {
    Object.defineProperty(process, name, { value: refuse(`process.${name}`) });
}
