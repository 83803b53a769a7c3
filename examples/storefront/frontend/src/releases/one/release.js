import './colors.css';

export const release = {
  name: 'one',
  greeting: 'Everything for tea.',
  delivery: 'delivered in three days',
};
