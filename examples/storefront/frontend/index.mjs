// The shop's pages, rendered on the server, and the scripts and styles of exactly this release.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const assets = new Map();

// A name that carries a hash of the content belongs to one release alone, so it may be cached for good.
function publish(name, type) {
  const body = readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 8);
  const path = `/assets/${name.replace('.', `.${hash}.`)}`;
  assets.set(path, { type, body });
  return path;
}

const script = publish('app.js', 'text/javascript');
const style = publish('style.css', 'text/css');

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => escapes[character]);

function page(event) {
  const partition = event.headers?.['x-req-partition'] ?? 'no';
  const version = process.env.AWS_LAMBDA_FUNCTION_VERSION ?? 'local';
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Storefront</title>
  <link rel="stylesheet" href="${style}">
  <script type="module" src="${script}"></script>
</head>
<body>
  <h1>Storefront</h1>
  <ul id="products"><li>Loading…</li></ul>
  <footer>Served by the ${escapeHtml(partition)} partition, version ${escapeHtml(version)}</footer>
</body>
</html>`;
}

function answer(statusCode, type, cacheControl, body) {
  return { statusCode, headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': cacheControl }, body };
}

export const handler = async (event) => {
  const asset = assets.get(event.rawPath);
  if (asset) {
    return answer(200, asset.type, 'public, max-age=31536000, immutable', asset.body);
  }
  if (event.rawPath.startsWith('/assets/')) {
    return answer(404, 'text/plain', 'no-store', 'This release has no such file.');
  }
  return answer(200, 'text/html', 'no-store', page(event));
};
