// Reads a Lambda@Edge event: a header is a list of {key, value}, and cookies are one of the headers.

function oneBoxValues(message, name) {
    const fields = message.headers[name];
    return Array.isArray(fields) ? fields.map((field) => field.value) : [];
}

function oneBoxHeader(message, name) {
    return oneBoxValues(message, name).find((value) => value !== '') || '';
}

function oneBoxCookie(request, name, read) {
    for (const pair of oneBoxValues(request, 'cookie').join(';').split(';')) {
        const equals = pair.indexOf('=');
        const isNamed = equals > 0 && pair.slice(0, equals).trim() === name;
        const found = isNamed ? read(pair.slice(equals + 1)) : null;
        if (found !== null) {
            return found;
        }
    }
    return null;
}

function oneBoxSetHeader(message, name, value) {
    message.headers[name.toLowerCase()] = [{ key: name, value: value }];
}
