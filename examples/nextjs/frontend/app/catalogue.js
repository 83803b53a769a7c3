export const products = [
  { id: 'kettle', name: 'Kettle', price: 3900 },
  { id: 'teapot', name: 'Teapot', price: 5400 },
  { id: 'cup', name: 'Cup', price: 900 },
];
