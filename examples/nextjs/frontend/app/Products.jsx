'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';

async function load() {
  const answer = await fetch('/api/products');
  if (!answer.ok) {
    throw new Error(`${answer.url} answered ${answer.status}`);
  }
  return (await answer.json()).products;
}

export function Products() {
  const [{ name, products }, setState] = useState({ name: 'loading', products: [] });
  useEffect(() => {
    document.documentElement.dataset.alive = 'true';
    load().then(
      (loaded) => setState({ name: 'loaded', products: loaded }),
      () => setState({ name: 'failed', products: [] }),
    );
  }, []);
  return (
    <section id="products" data-state={name}>
      {name === 'failed' && <p role="alert">The products cannot be loaded right now.</p>}
      <ul>
        {products.map((product) => (
          <li key={product.id}>
            <Link href={`/products/${product.id}`} prefetch={false}>
              {product.name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
