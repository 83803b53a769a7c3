// What the edge decides, alike in CloudFront Functions and Lambda@Edge. The adapters say how to read their
// event: oneBoxHeaderValues(request, name) and oneBoxCookieValues(request, name).
//
// Only what CloudFront Functions' engine runs: no destructuring, spread, default parameters, for-of, classes,
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

// A visitor's bucket from the cookie, or -1: numbers in any other format than ours are nobody's bucket.
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

// The partition that a tester's cookie chooses, or '' for everybody else. Browsers send a __Host- cookie once; of
// several only the first that is well-formed is hashed, so that nobody can ask for more work than one hash.
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

// What a tester got is kept by no browser and no proxy: neither knows that the answer depends on the cookie.
const oneBoxUncached = 'private, no-store';

// The value that Vary must have, or '' if it names the header, or everything, already.
function oneBoxVary(values) {
    const listed = values.join(',').split(',').map((name) => name.trim()).filter((name) => name !== '');
    const lower = listed.map((name) => name.toLowerCase());
    if (lower.indexOf('x-req-partition') !== -1 || lower.indexOf('*') !== -1) {
        return '';
    }
    return listed.concat(['X-Req-Partition']).join(', ');
}
