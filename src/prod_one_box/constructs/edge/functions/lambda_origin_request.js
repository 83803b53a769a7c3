// Sends the one-box's visitors to its origin. What is known only when the stack is deployed travels as custom
// headers of the regular origin, since Lambda@Edge has no environment variables. They are taken off here; the
// regular origin gets them with requests of behaviors that have that origin without this function.

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

// A behavior of another origin, which carries nothing, keeps that origin.
export async function handler(event) {
    const request = event.Records[0].cf.request;
    const origin = request.origin && request.origin.custom;
    if (!origin) {
        return request;
    }
    const oneBox = oneBoxOrigin(oneBoxUnpack(origin.customHeaders));
    const partition = oneBoxFirst(oneBoxHeaderValues(request, 'x-req-partition'));
    if (partition === 'one-box' && oneBox.domainName !== '') {
        // CloudFront fails a request that has an origin custom header's name among its own headers.
        Object.keys(oneBox.customHeaders).forEach((name) => delete request.headers[name]);
        request.origin = { custom: oneBox };
        oneBoxSetHeader(request, 'Host', oneBox.domainName);
    }
    return request;
}
