/** `message.submit`: sends one message exactly once. */
import type { Handler } from './handler.ts';

export const messageSubmit: Handler<'message.submit'> = async ({ submitter }, params) => submitter.submit(params);
