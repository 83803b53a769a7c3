// Gives the visitor the cookie with the variant that viewer-request drew.
function handler(event) {
    const response = event.response;
    if (!event.request.cookies['experiment']) {
        response.cookies = response.cookies || {};
        response.cookies['experiment'] = {
            value: event.request.headers['x-variant'].value,
            attributes: 'Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax',
        };
    }
    return response;
}
