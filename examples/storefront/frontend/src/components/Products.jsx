import { lazy, Suspense, useEffect, useState } from 'react';
import { loadProducts } from '../api.js';
import { Boundary } from './Boundary.jsx';
import { Product } from './Product.jsx';

// Loaded when somebody opens it, perhaps long after the page: its file must still exist then.
const Details = lazy(() => import('./Details.jsx'));

function useProducts() {
  const [state, setState] = useState({ name: 'loading', products: [] });
  useEffect(() => {
    loadProducts().then(
      (products) => setState({ name: 'loaded', products }),
      (error) => {
        console.error(error);
        setState({ name: 'failed', products: [] });
      },
    );
  }, []);
  return state;
}

export function Products() {
  const { name, products } = useProducts();
  const [opened, open] = useState(null);
  return (
    <section id="products" data-state={name} aria-busy={name === 'loading'} aria-label="Products">
      {name === 'loading' && <p>Loading the products…</p>}
      {name === 'failed' && <p role="alert">The products cannot be loaded right now.</p>}
      <ul>
        {products.map((product) => (
          <Product key={product.id} product={product} onOpen={() => open(product)} />
        ))}
      </ul>
      {opened && (
        <Boundary>
          <Suspense fallback={<p>Loading…</p>}>
            <Details key={opened.id} product={opened} />
          </Suspense>
        </Boundary>
      )}
    </section>
  );
}
