// Sends the visitor to their partition's origin, with all of that origin's own settings.
import cf from 'cloudfront';

function oneBoxRoute(request, partition) {
    const host = oneBoxFirst(oneBoxHeaderValues(request, 'host'));
    request.headers['x-req-partition'] = { value: partition };
    request.headers['x-forwarded-host'] = { value: host };
    cf.selectRequestOriginById(oneBoxConfig.origins[partition]);
    return request;
}

// The partition is decided before the user's own code, so that viewer-response decides the same.
function handler(event) {
    const partition = oneBoxPartition(oneBoxBucket(event.request, event.viewer.ip));
    const result = oneBoxUserHandler(event);
    return !result || result.statusCode ? result : oneBoxRoute(result, partition);
}
