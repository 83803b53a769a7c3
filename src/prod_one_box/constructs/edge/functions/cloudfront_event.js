// Reads a CloudFront Functions event: a field is {value, multiValue?}, and cookies are separate from headers.

function oneBoxFieldValues(field) {
    if (!field) {
        return [];
    }
    return field.multiValue ? field.multiValue.map((one) => one.value) : [field.value];
}

function oneBoxHeaderValues(request, name) {
    return oneBoxFieldValues(request.headers[name]);
}

function oneBoxCookieValues(request, name) {
    return request.cookies ? oneBoxFieldValues(request.cookies[name]) : [];
}

// The user's handler may return a promise, even if it is not declared async.
function oneBoxThen(answer, next) {
    return answer && typeof answer.then === 'function' ? answer.then(next) : next(answer);
}
