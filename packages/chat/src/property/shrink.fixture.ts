/** Makes a failing story small: leaves out events as long as it still fails. */
import type { Story } from './story.fixture.ts';

/** @param fails tells how the story fails; undefined = it does not */
export function shrink(story: Story, fails: (story: Story) => string | undefined): Story {
  let small = story;
  for (let size = Math.ceil(story.length / 2); size >= 1; ) {
    const smaller = starts(small, size).find((candidate) => fails(candidate) !== undefined);
    if (smaller !== undefined) small = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return small;
}

/** The story without `size` neighbouring events, once for each place where they may be left out. */
function starts(story: Story, size: number): Story[] {
  if (story.length <= size) return [];
  return story.map((_, at) => without(story, at, size));
}

function without(story: Story, from: number, size: number): Story {
  const isOut = (at: number) => at >= from && at < from + size;
  const kept = story.flatMap((_, at) => (isOut(at) ? [] : [at]));
  const before = (at: number): number[] =>
    (story[at]?.after ?? []).flatMap((each) => (isOut(each) ? before(each) : [each]));
  return kept.map((at) => ({
    event: (story[at] as Story[number]).event,
    after: [...new Set(before(at))].map((each) => kept.indexOf(each)),
  }));
}

/** One line for each event, for people. */
export function printed(story: Story): string {
  return story
    .map(({ event, after }, at) => `${at}${after.length > 0 ? ` (after ${after.join()})` : ''} ${words(event)}`)
    .join('\n');
}

function words(event: Story[number]['event']): string {
  if (event.kind !== 'copy-seen') return JSON.stringify(event);
  const { message, facts, identity } = event;
  const { mailbox, uidValidity, uid } = facts.place;
  const said = message.kind === 'text' ? message.text : `${message.kind} about ${JSON.stringify(message)}`;
  const facing = [...message.to, ...message.cc].map(({ address }) => address).join(' ');
  const rest = [
    `to ${facing}`,
    `name ${JSON.stringify(message.from?.name)}`,
    message.inReplyTo === undefined ? '' : `answers ${message.inReplyTo}`,
    message.groupId === undefined ? '' : `group ${message.groupName}`,
    message.chatVersion === undefined ? 'legacy' : '',
    message.subject,
    `date ${message.dateAt}`,
    message.kind === 'text' && message.attachments.length > 0 ? 'file' : '',
    message.authenticationResults.join(),
  ];
  return `seen ${identity} "${said}" in ${mailbox} ${uidValidity}:${uid} ${facts.flags.join(' ')} at ${facts.internalAt} ${rest.filter((word) => word !== '').join(', ')}`;
}
