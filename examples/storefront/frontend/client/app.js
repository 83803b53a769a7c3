const list = document.querySelector('#products');

function show(texts) {
  list.replaceChildren(...texts.map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

try {
  const answer = await fetch('/api/products');
  const { products } = await answer.json();
  show(products.map((product) => `${product.name}: ${(product.price / 100).toFixed(2)}`));
} catch {
  show(['The products cannot be loaded right now.']);
}
