// Sends the visitors of all partitions but the regular one to their origin. Values that are known only at deployment
// are carried by custom headers of the regular origin, since Lambda@Edge has no environment variables. This function
// removes them; requests of behaviors that have that origin without this function deliver them to it.

function oneBoxUnpack(customHeaders) {
    const travelled = {};
    oneBoxConfig.travelling.forEach((name) => {
        travelled[name] = oneBoxHeader({ headers: customHeaders }, name);
        delete customHeaders[name];
    });
    return travelled;
}

function oneBoxValue(setting, travelled) {
    return typeof setting === 'string' ? setting : travelled[setting.travels];
}

function oneBoxCustomHeaders(headers, travelled) {
    const fields = { headers: {} };
    headers.forEach((header) => oneBoxSetHeader(fields, header.name, oneBoxValue(header.value, travelled)));
    return fields.headers;
}

function oneBoxOrigin(settings, travelled) {
    return {
        customHeaders: oneBoxCustomHeaders(settings.customHeaders, travelled),
        domainName: oneBoxValue(settings.domainName, travelled),
        keepaliveTimeout: settings.keepaliveTimeout,
        path: oneBoxValue(settings.path, travelled),
        port: settings.port,
        protocol: settings.protocol,
        readTimeout: settings.readTimeout,
        sslProtocols: settings.sslProtocols,
    };
}

function oneBoxReplaceOrigin(request, origin) {
    // CloudFront rejects a request that has a header with the name of an origin custom header.
    Object.keys(origin.customHeaders).forEach((name) => delete request.headers[name]);
    request.origin = { custom: origin };
    oneBoxSetHeader(request, 'Host', origin.domainName);
}

// A behavior with another kind of origin, which carries no such headers, keeps that origin. So do the regular
// partition, and one without a domain name.
export async function handler(event) {
    const request = event.Records[0].cf.request;
    const regular = request.origin && request.origin.custom;
    if (!regular) {
        return request;
    }
    const travelled = oneBoxUnpack(regular.customHeaders);
    const partition = oneBoxHeader(request, 'x-req-partition');
    const settings = Object.hasOwn(oneBoxConfig.origins, partition) ? oneBoxConfig.origins[partition] : null;
    const domainName = settings ? oneBoxValue(settings.domainName, travelled) : '';
    if (domainName !== '') {
        oneBoxReplaceOrigin(request, oneBoxOrigin(settings, travelled));
    }
    return request;
}
