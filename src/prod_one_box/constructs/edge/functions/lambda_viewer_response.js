// Sets the cookie that keeps the visitor in their partition, and keeps a tester's responses out of caches.

export async function handler(event) {
    const request = event.Records[0].cf.request;
    const response = event.Records[0].cf.response;
    if (oneBoxChosen(request) !== '') {
        oneBoxSetHeader(response, 'Cache-Control', oneBoxUncached);
    }
    if (oneBoxConfig.bucketCookie !== null && oneBoxCookieBucket(request) === -1) {
        const bucket = oneBoxBucket(request, request.clientIp);
        const cookie = oneBoxConfig.bucketCookie + '=' + bucket + '; ' + oneBoxConfig.cookieAttributes;
        response.headers['set-cookie'] = (response.headers['set-cookie'] || []).concat([
            { key: 'Set-Cookie', value: cookie },
        ]);
    }
    return response;
}
