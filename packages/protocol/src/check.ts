/** The one door for values that came over a wire: what passes has the schema's type, what does not is an error of ours. */
import { CoiError } from '@coi-webmail/base';
import * as v from 'valibot';

/**
 * Unknown fields are dropped, so that a newer peer may send more.
 *
 * @param what names the value in the error, for example `params of mailbox.sync`; never the value itself
 * @throws CoiError `invalid-request` that names the first wrong field
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]);
  throw new CoiError('invalid-request', `Field ${field ?? 'at the top'} is not valid in the ${what}`);
}
