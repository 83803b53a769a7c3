// The edge's decisions, the same in CloudFront Functions and Lambda@Edge. The adapters define how to read their event:
// oneBoxHeader(request, name) returns the first value of a header that is not empty, or ''; oneBoxCookie(request, name,
// read) what `read` makes of the first cookie of that name for which it does not return null, or null.
//
// The code uses only what CloudFront's engine runs: no destructuring, spread, default parameters, for-of, classes or
// optional chaining. Every top-level name starts with oneBox, so that it cannot clash with a user's own code.
//
// The lines between `// if NAME` and `// end` are deployed only if the configuration has NAME, and functions only if
// something calls them. This code runs for every request: it splits texts and makes lists only where it must.
import oneBoxCrypto from 'crypto';

function oneBoxDigest(text) {
    return oneBoxCrypto.createHash('sha256').update(text).digest('hex');
}

function oneBoxText(value) {
    return typeof value === 'string' && value !== '' ? value : null;
}

// The bucket in a cookie; null unless it is in the format that the edge writes.
function oneBoxWrittenBucket(value) {
    const bucket = value | 0;
    return bucket >= 0 && bucket < oneBoxConfig.buckets && '' + bucket === value ? bucket : null;
}

// A line feed stands before each attribute: no header can contain one.
function oneBoxHash(attributes) {
    return parseInt(oneBoxDigest(oneBoxConfig.salt + attributes).slice(0, 8), 16) % oneBoxConfig.buckets;
}

// The bucket of a visitor without a bucket in a cookie.
function oneBoxHashedBucket(request, viewerAddress) {
    // if identityHeader
    const header = oneBoxHeader(request, oneBoxConfig.identityHeader);
    if (header !== '') {
        return oneBoxHash('\n' + header);
    }
    // end
    // if identityCookie
    const cookie = oneBoxCookie(request, oneBoxConfig.identityCookie, oneBoxText);
    if (cookie !== null) {
        return oneBoxHash('\n' + cookie);
    }
    // end
    let attributes = '';
    // if viewerAddress
    attributes += '\n' + (oneBoxText(viewerAddress) || '');
    // end
    // if headers
    for (let i = 0; i < oneBoxConfig.headers.length; i++) {
        attributes += '\n' + oneBoxHeader(request, oneBoxConfig.headers[i]);
    }
    // end
    return oneBoxHash(attributes);
}

// The search begins with the last partition, which has most visitors.
function oneBoxPartition(bucket) {
    const bounds = oneBoxConfig.bounds;
    let place = bounds.length;
    while (place > 0 && bucket < bounds[place - 1]) {
        place--;
    }
    return oneBoxConfig.partitions[place];
}

// A tester's cookie; null unless it names a partition of this site and may hold the secret.
function oneBoxTesterParts(value) {
    const parts = /^([a-z0-9-]+)\.([A-Za-z0-9_-]{20,128})$/.exec(value);
    return parts !== null && oneBoxConfig.partitions.indexOf(parts[1]) !== -1 ? parts : null;
}

// The partition that a tester's cookie chooses, or '' for other visitors. Browsers send a __Host- cookie once; of
// several cookies only the first well-formed one is hashed, so that no request costs more than one such hash.
function oneBoxChosen(request) {
    const parts = oneBoxCookie(request, oneBoxConfig.tester.cookie, oneBoxTesterParts);
    return parts !== null && oneBoxDigest(parts[2]) === oneBoxConfig.tester.digest ? parts[1] : '';
}

// The visitor's bucket, whether it is new (not in a cookie), the partition, and whether a tester chose that.
function oneBoxDecide(request, viewerAddress) {
    let bucket = null;
    // if bucketCookie
    bucket = oneBoxCookie(request, oneBoxConfig.bucketCookie, oneBoxWrittenBucket);
    // end
    const isNew = bucket === null;
    if (isNew) {
        bucket = oneBoxHashedBucket(request, viewerAddress);
    }
    // if tester
    const chosen = oneBoxChosen(request);
    if (chosen !== '') {
        return { bucket: bucket, isNew: isNew, partition: chosen, isChosen: true };
    }
    // end
    return { bucket: bucket, isNew: isNew, partition: oneBoxPartition(bucket) };
}

// A year. A __Host- cookie must be Secure with Path=/ and no domain, and every name gets the same.
const oneBoxCookieAttributes = 'Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax';

// No browser or proxy may store a tester's response: they do not know that it depends on the cookie.
const oneBoxUncached = 'private, no-store';

// The value that Vary must get, or '' if it already names the header, or everything.
function oneBoxVary(listed) {
    const names = listed.split(',');
    let vary = '';
    for (let i = 0; i < names.length; i++) {
        const name = names[i].trim();
        if (name === '*' || name.toLowerCase() === 'x-req-partition') {
            return '';
        }
        if (name !== '') {
            vary += name + ', ';
        }
    }
    return vary + 'X-Req-Partition';
}
