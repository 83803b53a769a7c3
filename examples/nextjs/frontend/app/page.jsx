import { Products } from './Products.jsx';

export default function Home() {
  return (
    <>
      <h1>Storefront</h1>
      <Products />
    </>
  );
}
