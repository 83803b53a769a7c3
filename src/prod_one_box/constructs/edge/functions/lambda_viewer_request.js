// Names the visitor's partition, for the cache key and for origin-request.

export async function handler(event) {
    const request = event.Records[0].cf.request;
    const host = oneBoxFirst(oneBoxHeaderValues(request, 'host'));
    const partition = oneBoxChosen(request) || oneBoxPartition(oneBoxBucket(request, request.clientIp));
    oneBoxSetHeader(request, 'X-Req-Partition', partition);
    oneBoxSetHeader(request, 'X-Forwarded-Host', host);
    return request;
}
