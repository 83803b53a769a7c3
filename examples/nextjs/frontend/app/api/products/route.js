import { products } from '../../catalogue.js';

export const dynamic = 'force-dynamic';

export function GET() {
  return Response.json({ products }, { headers: { 'cache-control': 'no-store' } });
}
