// Sends the visitor to their partition's origin, with all of that origin's own settings.
import oneBoxCf from 'cloudfront';

function oneBoxRoute(request, partition, host) {
    request.headers = request.headers || {};
    request.headers['x-req-partition'] = { value: partition };
    request.headers['x-forwarded-host'] = { value: host };
    oneBoxCf.selectRequestOriginById(oneBoxConfig.origins[partition]);
    return request;
}

// The partition is decided before the user's own code, so that viewer-response decides the same.
function handler(event) {
    const chosen = oneBoxChosen(event.request);
    const partition = chosen || oneBoxPartition(oneBoxBucket(event.request, event.viewer.ip));
    const host = oneBoxFirst(oneBoxHeaderValues(event.request, 'host'));
    return oneBoxThen(
        oneBoxUserHandler(event),
        (result) => (!result || result.statusCode ? result : oneBoxRoute(result, partition, host))
    );
}
