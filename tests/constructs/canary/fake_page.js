// A page as Puppeteer gives it, whose life is a list of events; and a visit of it for each scenario on stdin.
'use strict';

const { EventEmitter } = require('node:events');
const { visitSite } = require(process.argv[2]);

class FakePage extends EventEmitter {
    constructor(scenario) {
        super();
        this.scenario = scenario;
        this.cookies = [];
        this.visited = [];
    }

    async setCookie(cookie) {
        this.cookies.push(cookie);
    }

    async goto(address) {
        this.visited.push(address);
        const { status = 200, partition = 'one-box', headers = {}, unreachable, events = [] } = this.scenario;
        if (unreachable) {
            throw new Error(unreachable);
        }
        const response = this.answer(this.ask('document', address), status, { 'x-req-partition': partition, ...headers });
        events.forEach(({ after = 0, ...event }) => setTimeout(() => this.live(event), after));
        return this.scenario.nothing ? null : response;
    }

    async waitForSelector() {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (this.scenario.dead) {
            throw new Error('Waiting failed');
        }
    }

    live({ type, url, status, error, thrown }) {
        if (thrown !== undefined) {
            this.emit('pageerror', new Error(thrown));
            return;
        }
        const request = this.ask(type, url, error);
        if (status) {
            this.answer(request, status, {});
        }
        if (error) {
            this.emit('requestfailed', request);
        }
    }

    ask(type, url, error) {
        const request = {
            resourceType: () => type,
            url: () => url,
            failure: () => (error ? { errorText: error } : null),
        };
        this.emit('request', request);
        return request;
    }

    answer(request, status, headers) {
        const response = {
            request: () => request,
            status: () => status,
            url: () => request.url(),
            headers: () => headers,
        };
        this.emit('response', response);
        return response;
    }
}

async function play(scenario) {
    const page = new FakePage(scenario);
    const visit = {
        site: 'https://shop.example.com',
        pages: ['/'],
        aliveSelector: '#ready',
        budget: 2000,
        partition: 'one-box',
        cookie: { name: '__Host-one-box-tester', value: 'one-box.secret' },
        ...scenario.visit,
    };
    let cached = null;
    const error = await visitSite(page, visit).then((found) => void (cached = found), (thrown) => thrown.message);
    return { error: error ?? null, cached, cookies: page.cookies, visited: page.visited, listeners: page.eventNames().length };
}

let text = '';
process.stdin.on('data', (chunk) => (text += chunk));
process.stdin.on('end', async () => {
    const outcomes = await Promise.all(JSON.parse(text).map(play));
    process.stdout.write(JSON.stringify(outcomes));
});
