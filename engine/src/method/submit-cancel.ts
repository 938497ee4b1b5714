/** `submit.cancel`: takes back a line that was not sent. */
import type { Handler } from './handler.ts';

export const submitCancel: Handler<'submit.cancel'> = async ({ submitter }, params) => submitter.cancel(params);
