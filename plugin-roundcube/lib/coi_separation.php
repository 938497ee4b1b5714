<?php

/**
 * Decides for one request which messages of a folder are chat: tags below the engine's filing mark, the three header
 * marks above it. In mode `active` nothing of chat is left below the mark, so without news nothing is filtered.
 */
final class coi_separation
{
    public const MAIL = 'mail';
    public const CHAT = 'chat';
    /** Candidates whose headers are looked at one by one. */
    private const MAX_LOOKS = 500;

    private coi_filing $filing;
    private coi_fault $fault;
    private string $view;
    private bool $hasFailed = false;
    /** @var array<string, coi_criterion> */
    private array $known = [];

    /** @param string $view what this request's page shows */
    public function __construct(coi_filing $filing, coi_fault $fault, string $view)
    {
        $this->filing = $filing;
        $this->fault = $fault;
        $this->view = $view;
    }

    /** The view to go on with. @return string the view until now */
    public function enter(string $view): string
    {
        $before = $this->view;
        $this->view = $view;

        return $before;
    }

    public function is_mail_view(): bool
    {
        return $this->view === self::MAIL;
    }

    /** The user has consented, and nothing went wrong so far. */
    public function is_on(): bool
    {
        return !$this->hasFailed && $this->filing->mode() !== null;
    }

    public function filing(): coi_filing
    {
        return $this->filing;
    }

    /** Stock behaviour for the rest of the request. */
    public function fail(Throwable $error): void
    {
        $this->hasFailed = true;
        $this->fault->count('list', $error);
    }

    public function has_failed(): bool
    {
        return $this->hasFailed;
    }

    /** What to add to a search in the folder; null = nothing. Selects the folder. @throws RuntimeException */
    public function criterion(coi_imap_generic $conn, string $folder): ?string
    {
        if (!$this->is_on() || !$this->filing->is_filed_from($folder) || !$conn->select($folder)) {
            return null;
        }
        $chat = $this->chat_in($conn, $folder);

        return $this->view === self::CHAT ? $chat->chat() : $chat->mail();
    }

    /** The engine moved or tagged something meanwhile. */
    public function forget(): void
    {
        $this->known = [];
    }

    private function chat_in(coi_imap_generic $conn, string $folder): coi_criterion
    {
        $uidnext = (int) ($conn->data['UIDNEXT'] ?? 0);
        $uidvalidity = (int) ($conn->data['UIDVALIDITY'] ?? 0);
        $key = "$folder\0$uidvalidity\0$uidnext";

        return $this->known[$key] ??= $this->find_chat($conn, $folder, $uidvalidity, $uidnext);
    }

    private function find_chat(coi_imap_generic $conn, string $folder, int $uidvalidity, int $uidnext): coi_criterion
    {
        $criterion = new coi_criterion();
        $hasKeywords = self::takes_keyword($conn->data['PERMANENTFLAGS'] ?? []);
        $mark = $this->filing->mark($folder, $uidvalidity);
        $isBelowClean = $this->filing->mode() === 'active' && $this->filing->is_done();
        $hasNews = $uidnext === 0 || $uidnext - 1 > $mark;

        if ($isBelowClean && !$hasNews) {
            return $criterion;
        }
        if ($hasKeywords) {
            $criterion->add_tagged();
        } elseif (!$isBelowClean && $mark > 0) {
            $untagged = $this->filing->untagged($folder, $uidvalidity);
            if ($untagged === null) {
                return $criterion->add_marked();
            }
            $criterion->add_uids($untagged);
        }
        if ($hasNews) {
            $this->add_news($criterion, $conn, $folder, $mark);
        }

        return $criterion;
    }

    /** Looks once and names the UIDs: the searches that follow need not read headers again. */
    private function add_news(coi_criterion $criterion, coi_imap_generic $conn, string $folder, int $mark): void
    {
        $found = $conn->stock_search($folder, coi_criterion::marked_above($mark));
        if ($found->is_error()) {
            throw new RuntimeException('The search for new chat mail failed');
        }
        $uids = $found->get();
        if (count($uids) <= self::MAX_LOOKS) {
            $uids = array_filter($uids, self::is_marked($conn, $folder, $uids));
        }
        $set = $uids === [] ? '' : rcube_imap_generic::compressMessageSet(array_map('intval', array_values($uids)));
        $criterion->add_uids($set, $mark);
    }

    /**
     * A search finds `<chat$` anywhere in References; chat has it first. The rest of the search is exact enough: a
     * Message-ID is one word.
     */
    private static function is_marked(coi_imap_generic $conn, string $folder, array $uids): callable
    {
        $heads = $uids === [] ? [] : $conn->fetch($folder, $uids, true, [
            'UID', 'BODY.PEEK[HEADER.FIELDS (CHAT-VERSION MESSAGE-ID REFERENCES)]',
        ]);
        $no = [];
        foreach ($heads ?: [] as $head) {
            $hasMark = isset($head->others['chat-version'])
                || preg_match('/^\s*<chat\$/', (string) $head->messageID)
                || preg_match('/^\s*<chat\$/', (string) $head->references);
            if (!$hasMark) {
                $no[$head->uid] = true;
            }
        }

        return fn ($uid) => !isset($no[$uid]);
    }

    private static function takes_keyword(array $permanentflags): bool
    {
        return in_array('\*', $permanentflags, true) || in_array('$chat', array_map('strtolower', $permanentflags), true);
    }
}
