import('./cart-DiwrgTda.js')
