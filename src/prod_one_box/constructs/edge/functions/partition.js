// The edge's decisions, the same in CloudFront Functions and Lambda@Edge. The adapters define how to read their
// event: oneBoxHeaderValues(request, name) and oneBoxCookieValues(request, name).
//
// The code uses only what CloudFront's engine runs: no destructuring, spread, default parameters, for-of, classes or
// optional chaining. Every top-level name starts with oneBox, so that it cannot clash with a user's own code.
import oneBoxCrypto from 'crypto';

function oneBoxHash(attributes) {
    const text = [oneBoxConfig.salt].concat(attributes).join('\n');
    const digest = oneBoxCrypto.createHash('sha256').update(text).digest('hex');
    return parseInt(digest.slice(0, 8), 16) % oneBoxConfig.buckets;
}

function oneBoxFirst(values) {
    for (let i = 0; i < values.length; i++) {
        if (typeof values[i] === 'string' && values[i] !== '') {
            return values[i];
        }
    }
    return '';
}

// The bucket from the visitor's cookie, or -1 if there is none or it is not in the format that the edge writes.
function oneBoxCookieBucket(request) {
    if (oneBoxConfig.bucketCookie === null) {
        return -1;
    }
    const values = oneBoxCookieValues(request, oneBoxConfig.bucketCookie);
    for (let i = 0; i < values.length; i++) {
        if (/^(0|[1-9][0-9]{0,3})$/.test(values[i])) {
            return Number(values[i]);
        }
    }
    return -1;
}

function oneBoxIdentity(request) {
    if (oneBoxConfig.identityHeader !== null) {
        return oneBoxFirst(oneBoxHeaderValues(request, oneBoxConfig.identityHeader));
    }
    if (oneBoxConfig.identityCookie !== null) {
        return oneBoxFirst(oneBoxCookieValues(request, oneBoxConfig.identityCookie));
    }
    return '';
}

function oneBoxBucket(request, viewerAddress) {
    const bucket = oneBoxCookieBucket(request);
    if (bucket !== -1) {
        return bucket;
    }
    const identity = oneBoxIdentity(request);
    if (identity !== '') {
        return oneBoxHash([identity]);
    }
    const attributes = oneBoxConfig.viewerAddress ? [oneBoxFirst([viewerAddress])] : [];
    const headers = oneBoxConfig.headers.map((name) => oneBoxFirst(oneBoxHeaderValues(request, name)));
    return oneBoxHash(attributes.concat(headers));
}

// The partition that a tester's cookie chooses, or '' for other visitors. Browsers send a __Host- cookie once; of
// several cookies only the first well-formed one is hashed, so that a request never costs more than one hash.
function oneBoxChosen(request) {
    if (oneBoxConfig.tester === null) {
        return '';
    }
    const cookies = oneBoxCookieValues(request, oneBoxConfig.tester.cookie)
        .map((value) => /^(one-box|regular)\.([A-Za-z0-9_-]{20,128})$/.exec(value))
        .filter((parts) => parts !== null);
    if (cookies.length === 0) {
        return '';
    }
    const digest = oneBoxCrypto.createHash('sha256').update(cookies[0][2]).digest('hex');
    return digest === oneBoxConfig.tester.digest ? cookies[0][1] : '';
}

function oneBoxPartition(bucket) {
    return bucket < oneBoxConfig.oneBoxBuckets ? 'one-box' : 'regular';
}

// No browser or proxy may store a tester's response: they do not know that it depends on the cookie.
const oneBoxUncached = 'private, no-store';

// The value that Vary must get, or '' if it already names the header, or everything.
function oneBoxVary(values) {
    const listed = values.join(',').split(',').map((name) => name.trim()).filter((name) => name !== '');
    const lower = listed.map((name) => name.toLowerCase());
    if (lower.indexOf('x-req-partition') !== -1 || lower.indexOf('*') !== -1) {
        return '';
    }
    return listed.concat(['X-Req-Partition']).join(', ');
}
