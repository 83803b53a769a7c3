// Labels the response with the partition, and sets the cookie that keeps the visitor there.

function oneBoxListed(field) {
    return field.multiValue ? field.multiValue.map((one) => one.value).join(',') : field.value;
}

function oneBoxLabel(headers, partition) {
    const vary = headers.vary ? oneBoxVary(oneBoxListed(headers.vary)) : 'X-Req-Partition';
    headers['x-req-partition'] = { value: partition };
    if (vary !== '') {
        headers.vary = { value: vary };
    }
}

function oneBoxRemember(response, bucket) {
    response.cookies = response.cookies || {};
    response.cookies[oneBoxConfig.bucketCookie] = { value: String(bucket), attributes: oneBoxCookieAttributes };
}

function oneBoxAnswer(response, decision) {
    oneBoxLabel(response.headers, decision.partition);
    // if tester
    if (decision.isChosen) {
        response.headers['cache-control'] = { value: oneBoxUncached };
    }
    // end
    // if bucketCookie
    if (decision.isNew) {
        oneBoxRemember(response, decision.bucket);
    }
    // end
    return response;
}

// The user's code may return nothing, or a response without headers.
function oneBoxAnswerResult(response, decision) {
    if (!response) {
        return response;
    }
    response.headers = response.headers || {};
    return oneBoxAnswer(response, decision);
}

// viewer-request's decision is made again: a request header could come from the viewer.
function handler(event) {
    const decision = oneBoxDecide(event.request, event.viewer.ip);
    // if userCode
    return oneBoxThen(oneBoxUserHandler(event), (response) => oneBoxAnswerResult(response, decision));
    // else
    return oneBoxAnswer(event.response, decision);
    // end
}
