// Labels the response with the partition. Errors stay as they are: CloudFront Functions never see them.

export async function handler(event) {
    const response = event.Records[0].cf.response;
    if (Number(response.status) >= 400) {
        return response;
    }
    // origin-request leaves a request of an unknown partition to the regular one, the last.
    const partition = oneBoxHeader(event.Records[0].cf.request, 'x-req-partition');
    const isKnown = oneBoxConfig.partitions.includes(partition);
    const vary = oneBoxVary(oneBoxValues(response, 'vary').join(','));
    oneBoxSetHeader(response, 'X-Req-Partition', isKnown ? partition : oneBoxConfig.partitions.at(-1));
    if (vary !== '') {
        oneBoxSetHeader(response, 'Vary', vary);
    }
    return response;
}
