// Visits a site's pages in a browser, and throws for the first page that would not work for a visitor. It uses
// Puppeteer's `page` and nothing of AWS, so that it runs both in a canary and on a developer's machine.
'use strict';

// The resources that a page needs to work; images and fonts may fail.
const NEEDED = ['document', 'script', 'stylesheet', 'fetch', 'xhr'];
const QUIET = 500;
const LOOK = 50;

// Records a page's requests and their outcome. An aborted call is the page's own decision.
class Traffic {
    constructor(page) {
        this.faults = [];
        this.blamed = new Set();
        this.waiting = new Set();
        this.changed = Date.now();
        this.listeners = {
            request: (request) => this.sent(request),
            response: (response) => this.answered(response),
            requestfailed: (request) => this.failed(request),
            pageerror: (error) => this.faults.push(`the page threw: ${said(error)}`),
        };
        this.page = page;
        Object.entries(this.listeners).forEach(([event, listener]) => page.on(event, listener));
    }

    sent(request) {
        if (NEEDED.includes(request.resourceType())) {
            this.waiting.add(request);
            this.changed = Date.now();
        }
    }

    answered(response) {
        const request = response.request();
        this.settle(request);
        if (NEEDED.includes(request.resourceType()) && response.status() >= 400) {
            this.blamed.add(request);
            this.faults.push(`${response.status()} for the ${request.resourceType()} ${response.url()}`);
        }
    }

    failed(request) {
        this.settle(request);
        const reason = (request.failure() || {}).errorText || 'no answer';
        const isCall = ['fetch', 'xhr'].includes(request.resourceType());
        const isItsOwnDecision = isCall && reason === 'net::ERR_ABORTED';
        if (NEEDED.includes(request.resourceType()) && !isItsOwnDecision && !this.blamed.has(request)) {
            this.faults.push(`${reason} for the ${request.resourceType()} ${request.url()}`);
        }
    }

    settle(request) {
        if (this.waiting.delete(request)) {
            this.changed = Date.now();
        }
    }

    // Waits until no needed request is pending any more.
    async settled(deadline) {
        while (this.waiting.size > 0 || Date.now() - this.changed < QUIET) {
            if (Date.now() >= deadline) {
                const slow = [...this.waiting].map((request) => request.url());
                throw new Error(slow.length > 0 ? `no answer in time from ${slow[0]}` : 'the page keeps calling');
            }
            await new Promise((resolve) => setTimeout(resolve, LOOK));
        }
    }

    stop() {
        Object.entries(this.listeners).forEach(([event, listener]) => this.page.off(event, listener));
    }
}

function said(error) {
    return error instanceof Error ? error.message : String(error);
}

function left(deadline) {
    return Math.max(1, deadline - Date.now());
}

// CloudFront's `X-Cache` for a response of its own: an error page, or one that edge code generated.
const OF_THE_EDGE = /^(Error|FunctionGeneratedResponse|LambdaGeneratedResponse)\b/;
const CACHED = /^Hit from cloudfront/;

// The edge names the chosen partition even if it did not ask that partition's origin, so the status and `X-Cache`
// are checked as well. The browser has followed redirects by now.
function checkAnswer(response, partition) {
    if (!response) {
        throw new Error('there was no answer');
    }
    if (response.status() !== 304 && !(response.status() >= 200 && response.status() < 300)) {
        throw new Error(`the page answered ${response.status()}`);
    }
    const from = response.headers()['x-cache'] || '';
    if (OF_THE_EDGE.test(from)) {
        throw new Error(`the edge answered by itself, without an origin (X-Cache: ${from})`);
    }
    const answered = response.headers()['x-req-partition'];
    if (partition && answered !== partition) {
        throw new Error(`${answered || 'no partition'} answered instead of ${partition}: is the secret the right one?`);
    }
    return CACHED.test(from);
}

async function comeAlive(page, visit, address, deadline) {
    const response = await page.goto(address, { waitUntil: 'load', timeout: left(deadline) });
    const cached = checkAnswer(response, visit.partition);
    try {
        await page.waitForSelector(visit.aliveSelector, { timeout: left(deadline) });
    } catch {
        throw new Error(`the page does not come alive: nothing matches ${visit.aliveSelector}`);
    }
    return cached;
}

async function visitPage(page, visit, path, deadline) {
    const traffic = new Traffic(page);
    let problem = null;
    let cached = false;
    try {
        cached = await comeAlive(page, visit, new URL(path, visit.site).href, deadline);
        await traffic.settled(deadline);
    } catch (error) {
        problem = said(error);
    } finally {
        traffic.stop();
    }
    // A missing chunk is the reason why a page does not come alive: the cause comes first.
    const faults = problem === null ? traffic.faults : [...traffic.faults, problem];
    if (faults.length > 0) {
        throw new Error(`${path}: ${faults.join('; ')}`.slice(0, 1000));
    }
    return cached;
}

// Visits each of `visit.pages` on `visit.site` within `visit.budget` milliseconds. With `visit.cookie`, a name and a
// value, the visitor is one of `visit.partition`; the cookie is the site's alone and no script can read it. Returns the
// pages that came from CloudFront's cache, which says nothing about what the origin would answer now.
async function visitSite(page, visit) {
    const deadline = Date.now() + visit.budget;
    if (visit.cookie) {
        await page.setCookie({ ...visit.cookie, url: visit.site, secure: true, httpOnly: true, sameSite: 'Lax' });
    }
    const cached = [];
    for (const path of visit.pages) {
        if (await visitPage(page, visit, path, deadline)) {
            cached.push(path);
        }
    }
    return cached;
}

module.exports = { visitSite };
