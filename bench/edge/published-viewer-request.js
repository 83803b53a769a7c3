// The approach of AWS's published samples of A/B tests, written anew for CloudFront Functions: who has the cookie
// keeps the variant in it, everybody else draws lots.
function handler(event) {
    const request = event.request;
    const cookie = request.cookies['experiment'];
    let variant = cookie ? cookie.value : '';
    if (variant !== 'one-box' && variant !== 'regular') {
        variant = Math.random() < 0.2 ? 'one-box' : 'regular';
    }
    if (variant === 'one-box') {
        request.uri = '/one-box' + request.uri;
    }
    request.headers['x-variant'] = { value: variant };
    return request;
}
