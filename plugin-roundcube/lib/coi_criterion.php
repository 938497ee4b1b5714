<?php

/**
 * The search criterion that tells chat from mail in one folder (RFC 3501 SEARCH keys). Pure: made from what is known
 * of the folder, and never from anything that a client sent.
 */
final class coi_criterion
{
    /** The three marks of chat in outer headers. */
    public const MARKS = 'OR OR HEADER Chat-Version "" HEADER Message-ID "<chat$" HEADER References "<chat$"';
    public const KEYWORD = 'KEYWORD $Chat';
    /** Above every UID: `*` would always name the last message. */
    private const TOP = 4294967295;
    /** Longer UID sets are not put into a command. */
    private const MAX_SET = 6000;

    /** @var string[] search keys, each of which matches some of the folder's chat mail */
    private array $parts = [];

    /** Everything that carries the keyword. */
    public function add_tagged(): self
    {
        $this->parts[] = self::KEYWORD;

        return $this;
    }

    /** Chat mail that is known by its UIDs. @param string $set UID set; '' = none */
    public function add_uids(string $set): self
    {
        if ($set !== '') {
            $this->parts[] = "UID $set";
        }

        return $this;
    }

    /** Everything above a UID that has one of the marks. */
    public function add_marked_above(int $uid): self
    {
        $this->parts[] = $uid > 0 ? '(' . self::marked_above($uid) . ')' : '(' . self::MARKS . ')';

        return $this;
    }

    public static function marked_above(int $uid): string
    {
        return 'UID ' . ($uid + 1) . ':' . self::TOP . ' ' . self::MARKS;
    }

    public static function fits(string $set): bool
    {
        return strlen($set) <= self::MAX_SET;
    }

    /** Null = the folder has no chat mail, so nothing needs to be filtered. */
    public function mail(): ?string
    {
        return $this->parts === [] ? null : implode(' ', array_map(fn (string $part) => "NOT $part", $this->parts));
    }

    public function chat(): string
    {
        if ($this->parts === []) {
            // No message has this UID.
            return 'UID ' . self::TOP;
        }

        return str_repeat('OR ', count($this->parts) - 1) . implode(' ', $this->parts);
    }
}
