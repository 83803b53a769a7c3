import { useEffect } from 'react';
import { release } from '@release/release.js';
import logo from '@release/logo.svg';
import { Origin } from './Origin.jsx';
import { Products } from './Products.jsx';

export function Page({ visit }) {
  // Effects run once React has taken over the page: from here on its buttons work.
  useEffect(() => {
    document.documentElement.dataset.alive = 'true';
  }, []);
  return (
    <>
      <header>
        <img src={logo} alt="" width="48" height="48" />
        <h1>Storefront</h1>
        <p>{release.greeting}</p>
      </header>
      <main>
        <Products />
      </main>
      <Origin partition={visit.partition} version={visit.version} release={release.name} />
    </>
  );
}
