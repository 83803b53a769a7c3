// One function behind an HTTP API, and nothing else: no bucket, table or queue of OpenNext's own.
export default {
  default: {
    override: {
      wrapper: 'aws-lambda',
      converter: 'aws-apigw-v2',
      incrementalCache: 'dummy',
      tagCache: 'dummy',
      queue: 'dummy',
    },
  },
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
  buildCommand: 'node_modules/.bin/next build',
};
