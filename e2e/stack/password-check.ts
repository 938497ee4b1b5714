/**
 * Answers password questions as Cyrus SASL's `saslauthd` does, so that Cyrus and Postfix need no database of users.
 *
 * The question is four strings (login, password, service, realm), the answer one, each behind its length in two
 * bytes. Who asks sends the part of the login after the last `@` as the realm.
 */
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';

const QUESTION_STRINGS = 4;
const LENGTH_BYTES = 2;

/** @returns the four strings, or undefined while some are missing */
function readQuestion(bytes: Buffer): readonly string[] | undefined {
  const strings: string[] = [];
  for (let at = 0; strings.length < QUESTION_STRINGS; ) {
    if (bytes.length < at + LENGTH_BYTES) return undefined;
    const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
    if (bytes.length < end) return undefined;
    strings.push(bytes.toString('utf8', at + LENGTH_BYTES, end));
    at = end;
  }
  return strings;
}

function answer(text: string): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

function serve(socket: Socket, passwords: ReadonlyMap<string, string>): void {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const question = readQuestion(bytes);
    if (question === undefined) return;
    const [login = '', password = '', , realm = ''] = question;
    const address = realm === '' ? login : `${login}@${realm}`;
    socket.end(answer(passwords.get(address) === password ? 'OK' : 'NO'));
  });
}

/** @param path of the Unix socket, at most 107 characters; every uid may ask */
export async function startPasswordCheck(
  path: string,
  passwords: ReadonlyMap<string, string>,
): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, passwords);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o666);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
