// Labels the response with the partition. Errors stay as they are: CloudFront Functions never see them.

export async function handler(event) {
    const response = event.Records[0].cf.response;
    if (Number(response.status) >= 400) {
        return response;
    }
    const partition = oneBoxFirst(oneBoxHeaderValues(event.Records[0].cf.request, 'x-req-partition'));
    const vary = oneBoxVary(oneBoxHeaderValues(response, 'vary'));
    oneBoxSetHeader(response, 'X-Req-Partition', partition === 'one-box' ? partition : 'regular');
    if (vary !== '') {
        oneBoxSetHeader(response, 'Vary', vary);
    }
    return response;
}
