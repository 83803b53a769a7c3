import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Two releases side by side, for rehearsals. A shop of your own has one in its source, and git has the others.
const release = process.env.VITE_RELEASE ?? 'one';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@release': resolve(import.meta.dirname, 'src/releases', release) } },
  define: { 'process.env.NODE_ENV': '"production"' },
  // Lambda installs nothing, so the handler brings React along.
  ssr: { noExternal: true },
  build: {
    outDir: `built/${release}`,
    // The handler is built second and stands beside the assets that it names.
    emptyOutDir: !process.argv.includes('--ssr'),
    minify: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: process.argv.includes('--ssr')
      ? { output: { entryFileNames: 'index.mjs', codeSplitting: false } }
      : {},
  },
});
