/**
 * What an IMAP server says and does that lacks an extension: the capability is not announced, its commands are BAD,
 * and the data it adds to other answers is missing.
 */

/** How the commands of a capability look, without their tag. Capabilities that add no command are absent. */
const COMMANDS: Readonly<Record<string, RegExp>> = {
  MOVE: /^(?:UID )?MOVE /i,
  UIDPLUS: /^UID EXPUNGE /i,
  IDLE: /^IDLE$/i,
  NOTIFY: /^NOTIFY /i,
  CONDSTORE: /^(?:SELECT|EXAMINE) .*\(CONDSTORE\)|\((?:UN)?CHANGEDSINCE |^STATUS .*HIGHESTMODSEQ|FETCH .*\bMODSEQ\b/i,
  QRESYNC: /^(?:SELECT|EXAMINE) .*\(QRESYNC |\(CHANGEDSINCE \d+ VANISHED/i,
  'SPECIAL-USE': /^LIST (?:\(.*SPECIAL-USE|.* RETURN \(.*SPECIAL-USE)/i,
  'LIST-EXTENDED': /^LIST (?:\(|.* RETURN \()/i,
  'LIST-STATUS': /^LIST .* RETURN \(.*STATUS/i,
  ESEARCH: /^(?:UID )?SEARCH RETURN /i,
  'LITERAL+': /\{\d+\+\}$/,
  'LITERAL-': /\{\d+\+\}$/,
  UNSELECT: /^UNSELECT$/i,
  NAMESPACE: /^NAMESPACE$/i,
  ENABLE: /^ENABLE /i,
  ID: /^ID /i,
  METADATA: /^[GS]ETMETADATA /i,
  BINARY: /FETCH .*BINARY/i,
};

const SPECIAL_USE = / ?\\(?:All|Archive|Drafts|Flagged|Important|Junk|Sent|Trash)\b/g;
const APPEND_FLAGS = /^(\S+ APPEND (?:"(?:[^"\\]|\\.)*"|[^ ()"]+) \()([^)]*)(\).*)$/i;
const STORE_FLAGS = /^(\S+ (?:UID )?STORE .*FLAGS(?:\.SILENT)? \(?)([^()]*)(\)?)$/i;

export class LesserImap {
  private readonly hidden: readonly string[];
  private readonly hasKeywords: boolean;

  /** @param hidden names of capabilities @param hasKeywords false: flags beyond the system's are dropped in silence */
  constructor(hidden: readonly string[], hasKeywords: boolean) {
    this.hidden = hidden;
    this.hasKeywords = hasKeywords;
  }

  /** @param command a client's line without its tag */
  refuses(command: string): boolean {
    return this.hidden.some((name) => COMMANDS[name]?.test(command) === true);
  }

  /** @param line a client's line with its tag */
  fromClient(line: string): string {
    if (this.hasKeywords) return line;
    return line.replace(
      APPEND_FLAGS.test(line) ? APPEND_FLAGS : STORE_FLAGS,
      (_, head: string, flags: string, tail: string) => `${head}${systemFlags(flags)}${tail}`,
    );
  }

  /** @returns undefined when a lesser server would not say this at all */
  fromServer(line: string): string | undefined {
    let text = line;
    if (/^\* CAPABILITY |\[CAPABILITY |^\* ENABLED/.test(text)) text = this.announcement(text);
    if (this.has('UIDPLUS')) text = text.replace(/\[(?:APPENDUID|COPYUID) [^\]]*\] /, '');
    if (this.has('CONDSTORE') && /^\* OK \[(?:HIGHESTMODSEQ|NOMODSEQ)/.test(text)) return undefined;
    if (this.has('SPECIAL-USE') && /^\* L(?:IST|SUB) \(/.test(text)) text = this.listing(text);
    if (!this.hasKeywords) text = withoutKeywords(text);
    return text;
  }

  private has(name: string): boolean {
    return this.hidden.includes(name);
  }

  private announcement(text: string): string {
    return text.replace(/(CAPABILITY|ENABLED)([^\]]*)/, (_, word: string, names: string) => {
      const left = names.split(' ').filter((name) => !this.hidden.includes(name.split('=')[0] ?? ''));
      return `${word}${left.join(' ')}`;
    });
  }

  private listing(text: string): string {
    const end = text.indexOf(')');
    return `${text.slice(0, end).replace(SPECIAL_USE, '').replace('( ', '(')}${text.slice(end)}`;
  }
}

function systemFlags(flags: string): string {
  const isSystem = (flag: string) => flag.startsWith('\\') && flag !== '\\*';
  return flags.split(' ').filter(isSystem).join(' ');
}

function withoutKeywords(text: string): string {
  return text.replace(
    /^(\* FLAGS \(|\* OK \[PERMANENTFLAGS \()([^)]*)/,
    (_, head: string, flags: string) => `${head}${systemFlags(flags)}`,
  );
}
