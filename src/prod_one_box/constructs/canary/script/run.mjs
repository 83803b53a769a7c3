// Runs the canary's visit on this machine: node run.mjs URL --selector CSS [--page PATH]... [--partition NAME]
// With --partition the testers' secret comes from the environment variable TESTER_SECRET. Puppeteer (the package
// puppeteer-core) is looked for where the command is run; the browser is CHROMIUM, by default /usr/bin/chromium.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const USAGE = 'usage: run.mjs URL --selector CSS [--page PATH]... [--partition one-box|regular] [--seconds N]';

function read() {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
            selector: { type: 'string' },
            page: { type: 'string', multiple: true, default: ['/'] },
            partition: { type: 'string' },
            seconds: { type: 'string', default: '40' },
        },
    });
    if (positionals.length !== 1 || !values.selector || !(Number(values.seconds) > 0)) {
        throw new Error(USAGE);
    }
    if (values.partition && !process.env.TESTER_SECRET) {
        throw new Error('--partition needs the secret in the environment variable TESTER_SECRET');
    }
    return {
        site: positionals[0],
        pages: values.page,
        aliveSelector: values.selector,
        budget: Number(values.seconds) * 1000,
        partition: values.partition,
        cookie: values.partition && {
            name: '__Host-one-box-tester',
            value: `${values.partition}.${process.env.TESTER_SECRET}`,
        },
    };
}

async function run(visit) {
    const puppeteer = createRequire(join(process.cwd(), 'here.js'))('puppeteer-core');
    const { visitSite } = createRequire(import.meta.url)('./visit.js');
    const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
    const browser = await puppeteer.launch({ executablePath, args: FLAGS });
    try {
        return await visitSite(await browser.newPage(), visit);
    } finally {
        await browser.close();
    }
}

try {
    const visit = read();
    const said = (cached) => (cached.length > 0 ? `; from CloudFront's cache: ${cached.join(' ')}` : '');
    await run(visit).then((cached) => console.log(`${visit.pages.join(' ')} came alive${said(cached)}`), (error) => {
        console.error(error.message);
        process.exitCode = 1;
    });
} catch (error) {
    console.error(error.message);
    process.exitCode = 2;
}
