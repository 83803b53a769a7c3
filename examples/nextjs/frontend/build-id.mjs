// A name that says what was built: other sources get another folder, so no release overwrites another's files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;

export function buildId() {
  const sources = readdirSync(join(here, 'app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1))
    .sort();
  const digest = createHash('sha256');
  for (const name of [...sources, 'next.config.mjs', 'package.json']) {
    digest.update(`${name}\n`).update(readFileSync(join(here, name)));
  }
  return digest.digest('hex').slice(0, 16);
}
