// Reads a CloudFront Functions event: a field is {value, multiValue?}, and cookies are separate from headers.

function oneBoxField(field, read) {
    if (!field) {
        return null;
    }
    if (!field.multiValue) {
        return read(field.value);
    }
    for (let i = 0; i < field.multiValue.length; i++) {
        const found = read(field.multiValue[i].value);
        if (found !== null) {
            return found;
        }
    }
    return null;
}

function oneBoxHeader(request, name) {
    return oneBoxField(request.headers[name], oneBoxText) || '';
}

function oneBoxCookie(request, name, read) {
    return request.cookies ? oneBoxField(request.cookies[name], read) : null;
}

// The user's handler may return a promise, even if it is not declared async.
function oneBoxThen(answer, next) {
    return answer && typeof answer.then === 'function' ? answer.then(next) : next(answer);
}
