// Reads a Lambda@Edge event: a header is a list of {key, value}, and cookies are one of the headers.

function oneBoxHeaderValues(message, name) {
    const fields = message.headers[name];
    return Array.isArray(fields) ? fields.map((field) => field.value) : [];
}

function oneBoxCookieValues(request, name) {
    const values = [];
    oneBoxHeaderValues(request, 'cookie').join(';').split(';').forEach((pair) => {
        const equals = pair.indexOf('=');
        if (equals > 0 && pair.slice(0, equals).trim() === name) {
            values.push(pair.slice(equals + 1));
        }
    });
    return values;
}

function oneBoxSetHeader(message, name, value) {
    message.headers[name.toLowerCase()] = [{ key: name, value: value }];
}
