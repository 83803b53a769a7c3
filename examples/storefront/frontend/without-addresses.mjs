// npm's lock file without addresses: what is installed is fixed by version and digest, wherever it comes from.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const locked of Object.values(lock.packages)) {
  delete locked.resolved;
  delete locked.funding;
}
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
