// Prints what Stryker would change in the files that are named to it: where, and into what.
import { readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const quiet = { debug() {}, info() {}, warn: console.error, isDebugEnabled: () => false };
const files = process.argv.slice(2).map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
const options = { excludedMutations: [], ignorers: [], plugins: null };
const { mutants } = await new Instrumenter(quiet).instrument(files, options);
console.log(JSON.stringify(mutants));
