// The scripts, styles and pictures of exactly this release: the folder that was built beside the handler.
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const folder = new URL('assets/', import.meta.url);

export const assets = new Map(
  readdirSync(folder).map((name) => [
    `/assets/${name}`,
    { type: types[extname(name)], body: readFileSync(new URL(name, folder), 'utf8') },
  ]),
);
