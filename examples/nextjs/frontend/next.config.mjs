import { buildId } from './build-id.mjs';

export default {
  output: 'standalone',
  // Next.js would invent a name for each build, so that two builds of one source were two releases to a browser.
  generateBuildId: buildId,
  // The image optimizer is a function of its own, which this recipe leaves out.
  images: { unoptimized: true },
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
};
