/** What a submission server says of its limits: the LIMITS extension (RFC 9422), read from the answer to EHLO. */

/** Undefined = no limit told. */
export interface SmtpLimits {
  /** Recipients of one transaction. */
  readonly recipients: number | undefined;
  /** Different domains among them. */
  readonly domains: number | undefined;
  /** Transactions of one session. */
  readonly transactions: number | undefined;
}

export const NO_LIMITS: SmtpLimits = { recipients: undefined, domains: undefined, transactions: undefined };

/** @param lines of the EHLO reply, without codes */
export function readLimits(lines: readonly string[]): SmtpLimits {
  const line = lines.find((each) => /^LIMITS\s/i.test(each)) ?? '';
  const valueOf = (name: string) => {
    const value = Number(new RegExp(`\\s${name}=(\\d{1,6})(?=\\s|$)`, 'i').exec(line)?.[1]);
    return value > 0 ? value : undefined;
  };
  return { recipients: valueOf('RCPTMAX'), domains: valueOf('RCPTDOMAINMAX'), transactions: valueOf('MAILMAX') };
}

/** The first recipients that fit into one transaction, in order; at least one. */
export function nextBatch(waiting: readonly string[], limits: SmtpLimits): readonly string[] {
  const domains = new Set<string>();
  const batch: string[] = [];
  for (const recipient of waiting) {
    if (batch.length >= (limits.recipients ?? Number.POSITIVE_INFINITY)) break;
    const domain = recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase();
    if (!domains.has(domain) && domains.size >= (limits.domains ?? Number.POSITIVE_INFINITY)) continue;
    domains.add(domain);
    batch.push(recipient);
  }
  return batch;
}
