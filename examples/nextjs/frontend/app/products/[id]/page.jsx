import { notFound } from 'next/navigation';
import { products } from '../../catalogue.js';

export default async function Product({ params }) {
  const { id } = await params;
  const product = products.find((each) => each.id === id);
  if (!product) {
    notFound();
  }
  return (
    <>
      <h1>{product.name}</h1>
      <p>{(product.price / 100).toFixed(2)}</p>
    </>
  );
}
