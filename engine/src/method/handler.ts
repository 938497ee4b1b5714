/** What a method handler is: checked parameters in, result out; errors are CoiErrors. One file per method. */
import type { Method, Params, Result } from '@coi-webmail/protocol';
import type { AccountParts } from '../account/parts.ts';

export type AccountMethod = Exclude<Method, 'hello'>;

export type Handler<M extends AccountMethod> = (account: AccountParts, params: Params<M>) => Promise<Result<M>>;
