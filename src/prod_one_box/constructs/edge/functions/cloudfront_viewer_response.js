// Labels the response with the partition, and sets the cookie that keeps the visitor there.

function oneBoxLabel(response, partition) {
    const vary = oneBoxVary(oneBoxFieldValues(response.headers.vary));
    response.headers['x-req-partition'] = { value: partition };
    if (vary !== '') {
        response.headers.vary = { value: vary };
    }
    return response;
}

function oneBoxRemember(response, bucket) {
    response.cookies[oneBoxConfig.bucketCookie] = {
        value: String(bucket),
        attributes: oneBoxConfig.cookieAttributes,
    };
    return response;
}

function oneBoxAnswer(response, bucket, isNew, chosen) {
    if (!response) {
        return response;
    }
    response.headers = response.headers || {};
    response.cookies = response.cookies || {};
    oneBoxLabel(response, chosen || oneBoxPartition(bucket));
    if (chosen !== '') {
        response.headers['cache-control'] = { value: oneBoxUncached };
    }
    return isNew ? oneBoxRemember(response, bucket) : response;
}

// viewer-request's decision is recomputed: a request header could come from the viewer.
function handler(event) {
    const bucket = oneBoxBucket(event.request, event.viewer.ip);
    const isNew = oneBoxConfig.bucketCookie !== null && oneBoxCookieBucket(event.request) === -1;
    const chosen = oneBoxChosen(event.request);
    return oneBoxThen(oneBoxUserHandler(event), (response) => oneBoxAnswer(response, bucket, isNew, chosen));
}
