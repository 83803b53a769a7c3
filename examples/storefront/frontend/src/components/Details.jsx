import { useState } from 'react';
import { release } from '@release/release.js';
import { placeOrder } from '../api.js';
import { price } from '../price.js';

const answers = { ordered: 'It is on its way.', failed: 'The order did not arrive. Please try again.' };

export default function Details({ product }) {
  const [state, setState] = useState('open');
  const order = () => placeOrder(product.id).then(() => setState('ordered'), () => setState('failed'));
  return (
    <section id="details" data-release={release.name} data-state={state} aria-label="Details">
      <h2>{product.name}</h2>
      <p>{`${price(product.price)}, ${release.delivery}`}</p>
      <button type="button" onClick={order} disabled={state === 'ordered'}>
        Order
      </button>
      {state !== 'open' && <p role={state === 'failed' ? 'alert' : 'status'}>{answers[state]}</p>}
    </section>
  );
}
