/** From a request frame to the account's answer: the method table, and the check of every parameter. */
import { CoiError } from '@coi-webmail/base';
import { check, type Method, METHODS, type Params, type RequestFrame, type Result } from '@coi-webmail/protocol';
import type { AccountService } from '../account/service.ts';

type AccountMethod = Exclude<Method, 'hello'>;

/** @throws CoiError `invalid-request`, or what the method throws */
export async function dispatch(service: AccountService, frame: RequestFrame): Promise<Result<AccountMethod>> {
  const { method, params } = frame;
  if (!isAccountMethod(method)) throw new CoiError('invalid-request', 'There is no such method at this point');
  const checked: unknown = check(METHODS[method].params, params, `params of ${method}`);
  return service.call(method, checked as Params<typeof method>);
}

export function isAccountMethod(method: string): method is AccountMethod {
  return Object.hasOwn(METHODS, method) && method !== 'hello';
}
