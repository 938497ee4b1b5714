/**
 * One browser for the stories: folds events, and keeps on its disk exactly what the changes name, as the client does.
 */
import type { ChatEvent, OutboxLine } from '../event.ts';
import { reduce } from '../reduce/reduce.ts';
import { isStored } from '../reduce/row.ts';
import { restoreState } from '../restore.ts';
import { type ChatRecord, type ChatState, emptyState, type RowRecord, type ServiceRecord } from '../state.ts';
import type { ChatId, RowId } from '../view.ts';

export class Browser {
  state: ChatState;
  private readonly self: readonly string[];
  private readonly rows = new Map<RowId, string>();
  private readonly services = new Map<RowId, string>();
  private readonly chats = new Map<ChatId, ChatRecord>();
  /** The vault: the last word on each line of the outbox. */
  private readonly outbox = new Map<RowId, OutboxLine>();
  private nextId = 100;

  constructor(self: readonly string[]) {
    this.self = self;
    this.state = emptyState(self);
  }

  tell(event: ChatEvent): void {
    if (event.kind === 'outbox-changed') this.outbox.set(event.line.rowId, event.line);
    if (event.kind === 'outbox-removed') this.outbox.delete(event.rowId);
    for (const change of reduce(this.state, event, { newChatId: () => this.nextId++ as ChatId })) {
      for (const id of change.removed) this.rows.delete(id);
      for (const id of change.rowIds) this.keep(id);
      const record = this.state.chats.get(change.chatId)?.record;
      if (record !== undefined) this.chats.set(change.chatId, record);
    }
    for (const id of this.state.changedServices) {
      const service = this.state.services.get(id);
      if (service === undefined) this.services.delete(id);
      else this.services.set(id, JSON.stringify(service));
    }
    this.state.changedServices.clear();
  }

  private keep(id: RowId): void {
    const row = this.state.rows.get(id);
    if (row === undefined || !isStored(row)) this.rows.delete(id);
    else this.rows.set(id, JSON.stringify({ ...row, outbox: undefined }));
  }

  /** The worker ends; the next one reads the disk and the vault. */
  restart(): void {
    const { marks } = this.state;
    this.state = restoreState({
      self: this.self,
      chats: this.chats.values(),
      rows: [...this.rows.values()].map((json) => withMissing(JSON.parse(json) as RowRecord)),
      services: [...this.services.values()].map((json) => JSON.parse(json) as ServiceRecord),
      marks,
    });
    for (const line of this.outbox.values()) this.tell({ kind: 'outbox-changed', line });
  }
}

/** JSON has no undefined. */
function withMissing(row: RowRecord): RowRecord {
  return { ...row, laneAt: row.laneAt, outbox: undefined };
}
