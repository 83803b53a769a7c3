// Sends the visitor to their partition's origin, with all of that origin's own settings.
import oneBoxCf from 'cloudfront';

function oneBoxRoute(request, partition, host) {
    request.headers['x-req-partition'] = { value: partition };
    request.headers['x-forwarded-host'] = { value: host ? host.value : '' };
    oneBoxCf.selectRequestOriginById(oneBoxConfig.origins[partition]);
    return request;
}

// The user's code may return a response instead of a request; a request may lack headers.
function oneBoxRouteResult(result, partition, host) {
    if (!result || result.statusCode) {
        return result;
    }
    result.headers = result.headers || {};
    return oneBoxRoute(result, partition, host);
}

// The partition is decided before the user's own code, so that viewer-response decides the same.
function handler(event) {
    const partition = oneBoxDecide(event.request, event.viewer.ip).partition;
    const host = event.request.headers.host;
    // if userCode
    return oneBoxThen(oneBoxUserHandler(event), (result) => oneBoxRouteResult(result, partition, host));
    // else
    return oneBoxRoute(event.request, partition, host);
    // end
}
