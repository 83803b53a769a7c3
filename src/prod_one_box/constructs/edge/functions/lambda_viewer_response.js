// Sets the cookie that keeps the visitor in their partition, and keeps a tester's responses out of caches.

export async function handler(event) {
    const request = event.Records[0].cf.request;
    const response = event.Records[0].cf.response;
    const decision = oneBoxDecide(request, request.clientIp);
    // if tester
    if (decision.isChosen) {
        oneBoxSetHeader(response, 'Cache-Control', oneBoxUncached);
    }
    // end
    // if bucketCookie
    if (decision.isNew) {
        const cookie = oneBoxConfig.bucketCookie + '=' + decision.bucket + '; ' + oneBoxCookieAttributes;
        response.headers['set-cookie'] = (response.headers['set-cookie'] || []).concat([
            { key: 'Set-Cookie', value: cookie },
        ]);
    }
    // end
    return response;
}
