// How to read a CloudFront Functions event: a field is {value, multiValue?}, and cookies are apart from headers.

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
