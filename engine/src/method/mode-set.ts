/** `mode.set`: the user's consent, or another mode. */
import type { Handler } from './handler.ts';

export const modeSet: Handler<'mode.set'> = async (account, { mode }) => {
  if (account.mode.value === mode) return {};
  await account.mode.set(mode);
  await account.modeChanged();
  return {};
};
