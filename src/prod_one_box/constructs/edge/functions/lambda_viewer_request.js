// Names the visitor's partition, for the cache key and for origin-request.

export async function handler(event) {
    const request = event.Records[0].cf.request;
    const host = oneBoxHeader(request, 'host');
    oneBoxSetHeader(request, 'X-Req-Partition', oneBoxDecide(request, request.clientIp).partition);
    oneBoxSetHeader(request, 'X-Forwarded-Host', host);
    return request;
}
