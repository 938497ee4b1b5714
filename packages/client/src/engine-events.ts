/** What the engine pushes, to those who know what to do with it. */
import type { AnyEvent } from '@coi-webmail/protocol';
import { type LaneDeps, seeLane } from './lane.ts';
import type { Live } from './live.ts';
import type { Standing } from './standing.ts';

export interface EventDeps extends Pick<LaneDeps, 'clock' | 'now'> {
  readonly standing: Standing;
  onModeChanged(mode: 'active' | 'none' | null): void;
  onExpiresAt(expiresAt: number): void;
}

export function takeEvent(live: Live, event: AnyEvent, deps: EventDeps): void {
  switch (event.event) {
    case 'lane.message':
      void seeLane({ ...deps, ledger: live.ledger }, event.data).then(() => live.outbox.noteCopies());
      return;
    case 'submit.settled':
      void live.outbox.settle(event.data.messageId);
      return;
    case 'submit.progress':
      live.outbox.progressed(event.data.messageId, {
        done: event.data.doneCount,
        total: event.data.recipientCount,
      });
      return;
    case 'account.state':
      deps.standing.mailIs(event.data.state);
      return;
    case 'mode.changed':
      deps.onModeChanged(event.data.mode);
      return;
    case 'storage.changed':
      for (const { kind, document } of [live.marks, live.preferences, live.drafts]) {
        if (kind === event.data.kind) document.changed(event.data.revision);
      }
      return;
    case 'session.expires':
      deps.onExpiresAt(event.data.expiresAt);
      return;
    default:
      live.sync.handle(event);
  }
}
