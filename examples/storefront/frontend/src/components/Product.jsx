import { price } from '../price.js';

export function Product({ product, onOpen }) {
  return (
    <li>
      <span>{product.name}</span>
      <span className="price">{price(product.price)}</span>
      <button type="button" onClick={onOpen} aria-label={`Details of the ${product.name.toLowerCase()}`}>
        Details
      </button>
    </li>
  );
}
