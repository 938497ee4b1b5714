/** Asks a server everything, each question with a fresh account of a stack of its own. */
import { ImapLine } from '../imap-line.ts';
import type { ImapServerName } from '../imap-server.ts';
import { type Stack, startStack } from '../stack.ts';
import { QUESTIONS, type Question } from './behaviour.ts';
import { LATENCIES } from './latency.ts';

export interface Answer {
  readonly name: string;
  readonly answer: string;
}

async function askAll(stack: Stack, questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const { name, ask } of questions) {
    const user = await stack.freshUser();
    const imap = await ImapLine.login(stack.info.ports.imap, user);
    try {
      answers.push({ name, answer: await ask({ stack, user, imap }) });
    } catch (cause) {
      throw new Error(`The survey of ${stack.info.imap.server} broke at "${name}"`, { cause });
    } finally {
      imap.close();
    }
  }
  return answers;
}

async function survey(server: ImapServerName, questions: readonly Question[]): Promise<readonly Answer[]> {
  const stack = await startStack({ engine: false, webmail: false, imap: server });
  try {
    return await askAll(stack, questions);
  } finally {
    await stack.stop();
  }
}

/** What does not depend on time. */
export function surveyBehaviour(server: ImapServerName): Promise<readonly Answer[]> {
  return survey(server, QUESTIONS);
}

export function surveyLatency(server: ImapServerName): Promise<readonly Answer[]> {
  return survey(server, LATENCIES);
}
