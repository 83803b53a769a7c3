// What the browser runs: it takes over the page that the handler rendered.
import { hydrateRoot } from 'react-dom/client';
import { Page } from './components/Page.jsx';
import './page.css';

const visit = JSON.parse(document.getElementById('visit').textContent);
hydrateRoot(document.getElementById('page'), <Page visit={visit} />);
