/** `submit.warm`: opens what the next line will need. */
import type { Handler } from './handler.ts';

export const submitWarm: Handler<'submit.warm'> = async ({ submitter }) => {
  await submitter.warm();
  return {};
};
