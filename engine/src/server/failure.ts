/** What a log may say about a failure: its code, and for a defect the place in our source. Never its text. */
import { errorFamily, isCoiError, type LogFields } from '@coi-webmail/base';

/** A failure that a developer has to look at: ours, not a request that was no good. */
export function isDefect(error: unknown): boolean {
  return (
    errorFamily(error) === 'bug' && !isCoiError(error, 'invalid-request') && !isCoiError(error, 'protocol-mismatch')
  );
}

export function failureFields(error: unknown): LogFields {
  const code = isCoiError(error) ? error.code : 'internal';
  if (!isDefect(error) || !(error instanceof Error)) return { code };
  const cause = error.cause instanceof Error ? error.cause : error;
  const place = /([A-Za-z0-9-]+\.(?:ts|js|mjs|cjs)):(\d+):\d+/.exec(cause.stack ?? '');
  return { code, kind: cause.name, at: place === null ? undefined : `${place[1]}:${place[2]}` };
}
