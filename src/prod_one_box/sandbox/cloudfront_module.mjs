// Stands for CloudFront's own module: notes the origin that is selected, and refuses everything else by name.
function refuse(name) {
    return function () { throw new Error(name + " of CloudFront's own module is not played outside of AWS"); };
}

export default {
    chosen: null,
    selectRequestOriginById: function (id) { this.chosen = id; },
    updateRequestOrigin: refuse('updateRequestOrigin'),
    createRequestOriginGroup: refuse('createRequestOriginGroup'),
    kvs: refuse('kvs'),
};
