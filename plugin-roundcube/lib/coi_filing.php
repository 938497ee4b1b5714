<?php

/**
 * What the engine last said about filing: the user's mode, and per folder the mark up to which every chat mail is
 * tagged or moved. Kept in the session and, a little behind, in the user's preferences, so that the mail list stays
 * right while the engine is down.
 */
final class coi_filing
{
    private const KEY = 'coi_filing';
    /** Somebody without consent is asked about this seldom. */
    private const ASK_UNDECIDED_S = 30;
    private const ASK_S = 2;
    private const AFTER_FAILURE_S = 20;
    private const MIRROR_S = 60;

    private rcmail $rc;
    private coi_config $config;
    private ?array $state = null;

    public function __construct(rcmail $rc, coi_config $config)
    {
        $this->rc = $rc;
        $this->config = $config;
    }

    /** `active`, `none`, or null: no consent, so nothing is hidden. */
    public function mode(): ?string
    {
        return $this->state()['mode'];
    }

    /** Nothing was ever heard of this account. */
    public function is_unknown(): bool
    {
        return $this->config->is_on_for_user() && !isset($this->state()['answeredAt']);
    }

    /** A chats mailbox exists, and it is made only after consent. To be believed until the engine says more. */
    public function presume(bool $isConsented): void
    {
        $this->keep(['mode' => $isConsented ? 'active' : null, 'isDone' => false, 'marks' => [], 'answeredAt' => 0]);
    }

    /** Nothing waited when the engine last looked. */
    public function is_done(): bool
    {
        return $this->state()['isDone'];
    }

    /** Folders that chat arrives in and is filed from: there it may be hidden, because the chat shows it. */
    public function is_filed_from(string $folder): bool
    {
        return $this->mode() !== null && ($folder === 'INBOX' || isset($this->state()['marks'][$folder]));
    }

    /** @return string[] */
    public function filed_folders(): array
    {
        return $this->mode() === null ? [] : array_values(array_unique(array_merge(['INBOX'], array_keys($this->state()['marks']))));
    }

    /** UID up to which every chat mail of the folder is tagged or moved; 0 = trust nothing. */
    public function mark(string $folder, int $uidvalidity): int
    {
        $mark = $this->mark_of($folder, $uidvalidity);

        return $mark === null ? 0 : (int) $mark['uid'];
    }

    /** UID set of chat mail below the mark that the server let nobody tag; null = the engine does not say. */
    public function untagged(string $folder, int $uidvalidity): ?string
    {
        $mark = $this->mark_of($folder, $uidvalidity);

        return isset($mark['untagged']) && preg_match('/^[0-9,:]*$/D', $mark['untagged']) ? $mark['untagged'] : null;
    }

    /** Keeps a busy page from asking more often than it helps. @param bool $now somebody waits for the answer */
    public function may_ask(bool $now): bool
    {
        $since = time() - (int) ($_SESSION['coi_filing_askedAt'] ?? 0);
        if ($since < (int) ($_SESSION['coi_filing_pause'] ?? 0) || (!$now && $since < $this->pause())) {
            return false;
        }
        $_SESSION['coi_filing_askedAt'] = time();

        return true;
    }

    public function could_not_ask(): void
    {
        $_SESSION['coi_filing_pause'] = self::AFTER_FAILURE_S;
    }

    /** @param array $answer FileAnswer of the engine */
    public function learn(array $answer): void
    {
        $_SESSION['coi_filing_pause'] = 0;
        $mode = in_array($answer['mode'] ?? null, ['active', 'none'], true) ? $answer['mode'] : null;
        if ($mode === null && empty($answer['done'])) {
            // The time was up before the engine knew.
            return;
        }
        $marks = [];
        foreach ($answer['marks'] ?? [] as $mark) {
            $folder = rcube_charset::convert((string) $mark['mailbox'], RCUBE_CHARSET, 'UTF7-IMAP');
            $marks[$folder] = ['uidValidity' => (string) $mark['uidValidity'], 'uid' => (int) $mark['uid']]
                + (isset($mark['untagged']) ? ['untagged' => (string) $mark['untagged']] : []);
        }
        $this->keep(['mode' => $mode, 'isDone' => !empty($answer['done']), 'marks' => $marks, 'answeredAt' => time()]);
        $this->mirror();
    }

    private function pause(): int
    {
        return $this->mode() === null && !$this->is_unknown() ? self::ASK_UNDECIDED_S : self::ASK_S;
    }

    private function mark_of(string $folder, int $uidvalidity): ?array
    {
        $mark = $this->state()['marks'][$folder] ?? null;

        return $mark !== null && $mark['uidValidity'] === (string) $uidvalidity ? $mark : null;
    }

    private function state(): array
    {
        $nothing = ['mode' => null, 'isDone' => true, 'marks' => []];
        if (!$this->config->is_on_for_user()) {
            return $nothing;
        }
        if ($this->state === null) {
            $known = $_SESSION[self::KEY] ?? $this->rc->config->get(self::KEY);
            $this->state = is_array($known) && isset($known['marks']) ? $known : null;
        }

        return $this->state ?? $nothing;
    }

    private function keep(array $state): void
    {
        $this->state = $_SESSION[self::KEY] = $state;
    }

    /** An older mirror only means that more mail is tested by its headers. */
    private function mirror(): void
    {
        $mirrored = $this->rc->config->get(self::KEY);
        $isOld = !is_array($mirrored) || $mirrored['mode'] !== $this->state['mode']
            || ($this->state['mode'] !== null && $this->state['answeredAt'] - $mirrored['answeredAt'] > self::MIRROR_S);
        if ($isOld && ($this->state['mode'] !== null || $mirrored !== null)) {
            $this->rc->user->save_prefs([self::KEY => $this->state]);
        }
    }
}
