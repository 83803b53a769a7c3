// What Lambda runs: it answers API Gateway's HTTP API (payload version 2.0) with pages, and with this release's assets.
import { readFileSync } from 'node:fs';
import { prerender } from 'react-dom/static';
import { assets } from './assets.js';
import { Page } from './components/Page.jsx';

const template = readFileSync(new URL('index.html', import.meta.url), 'utf8');

function answer(statusCode, type, cacheControl, body) {
  return { statusCode, headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': cacheControl }, body };
}

// An HTTP API takes an answer in one piece, so nothing is streamed.
async function render(visit) {
  const { prelude } = await prerender(<Page visit={visit} />);
  const page = await new Response(prelude).text();
  // In a script element only "<" could end it; replacements are functions because a string would have "$" expanded.
  const data = JSON.stringify(visit).replaceAll('<', '\\u003c');
  return template.replace('<!--page-->', () => page).replace('<!--visit-->', () => data);
}

export async function handler(event) {
  const asset = assets.get(event.rawPath);
  if (asset) {
    // Its name carries a hash of its content, so it may be cached for good.
    return answer(200, asset.type, 'public, max-age=31536000, immutable', asset.body);
  }
  if (event.rawPath.startsWith('/assets/')) {
    return answer(404, 'text/plain', 'no-store', 'This release has no such file.');
  }
  const visit = {
    partition: event.headers?.['x-req-partition'] ?? 'no',
    version: process.env.AWS_LAMBDA_FUNCTION_VERSION ?? 'local',
  };
  return answer(200, 'text/html', 'no-store', await render(visit));
}
