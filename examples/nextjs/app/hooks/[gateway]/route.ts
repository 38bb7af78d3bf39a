// #region webhook
import { shop } from '../../../lib/shop';

async function handle(request: Request) {
  const { hooks } = await shop();
  return hooks.handle(request);
}

export { handle as GET, handle as POST };
// #endregion webhook
