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
    /** Characters of UID sets in one command: servers limit its length, some to 10 KB. */
    private const MAX_SET = 6000;

    /** @var string[] search keys, each of which matches some of the folder's chat mail */
    private array $parts = [];
    private int $room = self::MAX_SET;

    /** Everything that carries the keyword. */
    public function add_tagged(): self
    {
        $this->parts[] = self::KEYWORD;

        return $this;
    }

    /**
     * Chat mail that is known by its UIDs. Where they are too many for one command, the newest are named, and the
     * older ones told by their marks.
     *
     * @param string $set UID set in ascending order; '' = none
     * @param int $above all of it lies above this UID
     */
    public function add_uids(string $set, int $above = 0): self
    {
        $older = $set === '' ? [] : explode(',', $set);
        $named = [];
        while ($older !== [] && strlen(end($older)) < $this->room) {
            $this->room -= strlen(end($older)) + 1;
            array_unshift($named, array_pop($older));
        }
        if ($named !== []) {
            $this->parts[] = 'UID ' . implode(',', $named);
        }
        if ($older !== []) {
            $ends = explode(':', end($older));
            $this->parts[] = '(UID ' . ($above + 1) . ':' . end($ends) . ' ' . self::MARKS . ')';
        }

        return $this;
    }

    /** Everything that has one of the marks. */
    public function add_marked(): self
    {
        $this->parts[] = '(' . self::MARKS . ')';

        return $this;
    }

    public static function marked_above(int $uid): string
    {
        return 'UID ' . ($uid + 1) . ':' . self::TOP . ' ' . self::MARKS;
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
