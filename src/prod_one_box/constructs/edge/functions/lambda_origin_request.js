// Sends the one-box's visitors to its origin. Values that are known only at deployment are carried by custom headers
// of the regular origin, since Lambda@Edge has no environment variables. This function removes them; requests of
// behaviors that have that origin without this function deliver them to it.

function oneBoxUnpack(customHeaders) {
    const travelled = {};
    oneBoxConfig.travelling.forEach((name) => {
        travelled[name] = oneBoxFirst(oneBoxHeaderValues({ headers: customHeaders }, name));
        delete customHeaders[name];
    });
    return travelled;
}

function oneBoxValue(setting, travelled) {
    return typeof setting === 'string' ? setting : travelled[setting.travels];
}

function oneBoxCustomHeaders(travelled) {
    const fields = { headers: {} };
    oneBoxConfig.origin.customHeaders.forEach((header) => {
        oneBoxSetHeader(fields, header.name, oneBoxValue(header.value, travelled));
    });
    return fields.headers;
}

function oneBoxOrigin(travelled) {
    return {
        customHeaders: oneBoxCustomHeaders(travelled),
        domainName: oneBoxValue(oneBoxConfig.origin.domainName, travelled),
        keepaliveTimeout: oneBoxConfig.origin.keepaliveTimeout,
        path: oneBoxValue(oneBoxConfig.origin.path, travelled),
        port: oneBoxConfig.origin.port,
        protocol: oneBoxConfig.origin.protocol,
        readTimeout: oneBoxConfig.origin.readTimeout,
        sslProtocols: oneBoxConfig.origin.sslProtocols,
    };
}

// A behavior with another kind of origin, which carries no such headers, keeps that origin.
export async function handler(event) {
    const request = event.Records[0].cf.request;
    const origin = request.origin && request.origin.custom;
    if (!origin) {
        return request;
    }
    const oneBox = oneBoxOrigin(oneBoxUnpack(origin.customHeaders));
    const partition = oneBoxFirst(oneBoxHeaderValues(request, 'x-req-partition'));
    if (partition === 'one-box' && oneBox.domainName !== '') {
        // CloudFront rejects a request that has a header with the name of an origin custom header.
        Object.keys(oneBox.customHeaders).forEach((name) => delete request.headers[name]);
        request.origin = { custom: oneBox };
        oneBoxSetHeader(request, 'Host', oneBox.domainName);
    }
    return request;
}
