import { headers } from 'next/headers';
import logo from './logo.svg';
import './page.css';

// Imported, the picture gets a hash in its name; in `public` it would be the same name in every release.
export const metadata = { title: 'Next.js in two partitions', icons: logo.src };

// Every page is rendered for each visit: nothing keeps what was rendered before.
export const dynamic = 'force-dynamic';

export default async function Layout({ children }) {
  const partition = (await headers()).get('x-req-partition') ?? 'no';
  return (
    <html lang="en">
      <body>
        <main>{children}</main>
        <footer>
          <span className="badge" id="partition" data-partition={partition}>
            {`${partition} partition`}
          </span>
          <span>{`version ${process.env.AWS_LAMBDA_FUNCTION_VERSION ?? 'local'}`}</span>
        </footer>
      </body>
    </html>
  );
}
