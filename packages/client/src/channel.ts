/** BroadcastChannel, typed: it reaches our own origin only, so no message names a target. */
export class Channel<Message> {
  readonly #channel: BroadcastChannel;

  constructor(name: string, listener?: (message: Message) => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Message>) => listener?.(data));
  }

  post(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    this.#channel.postMessage(message);
  }

  close(): void {
    this.#channel.close();
  }
}
