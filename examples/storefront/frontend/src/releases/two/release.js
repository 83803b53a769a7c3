import './colors.css';

export const release = {
  name: 'two',
  greeting: 'Everything for tea, now with gift wrapping.',
  delivery: 'wrapped, and delivered in two days',
};
