<?php

/**
 * Roundcube's storage without the chat mails: lists, pages, counts, checks for new mail and "all messages" act on what
 * the view shows. Searches themselves are narrowed in coi_imap_generic.
 */
class coi_imap extends rcube_imap
{
    /** Actions that open a folder or look for news; others go on with what is known. */
    private const OPENING = ['', 'list', 'check-recent', 'refresh', 'search', 'getunread'];

    /** Our own folders lie below it. */
    private const ROOT = 'COI';

    private coi_separation $separation;
    /** @var callable asks the engine to file; never throws */
    private $ask;
    private array $opened = [];

    public function __construct(coi_separation $separation, callable $ask)
    {
        parent::__construct();
        $this->separation = $separation;
        $this->ask = $ask;
        $this->conn = new coi_imap_generic($separation);
    }

    public function folder_status($folder = null, &$diff = [])
    {
        // News is news of mail, whatever the list shows.
        $status = $this->in_view(coi_separation::MAIL, function () use ($folder, &$diff) {
            return parent::folder_status($folder, $diff);
        });
        if ($status & 1 && $this->is_chat_folder((string) ($folder ?? $this->folder))) {
            // Drawn anew like a list that lost a row, but not announced as mail.
            $status = 2;
        }

        return $status;
    }

    public function search_once($folder = null, $str = 'ALL')
    {
        return $this->in_view(coi_separation::MAIL, fn () => parent::search_once($folder, $str));
    }

    public function set_flag($uids, $flag, $folder = null, $skip_cache = false)
    {
        return $this->with_visible($uids, (string) $folder, fn ($uids) => parent::set_flag($uids, $flag, $folder, $skip_cache));
    }

    public function move_message($uids, $to_mbox, $from_mbox = '')
    {
        return $this->with_visible($uids, $from_mbox, fn ($uids) => parent::move_message($uids, $to_mbox, $from_mbox));
    }

    public function copy_message($uids, $to_mbox, $from_mbox = '')
    {
        return $this->with_visible($uids, $from_mbox, fn ($uids) => parent::copy_message($uids, $to_mbox, $from_mbox));
    }

    public function delete_message($uids, $folder = '')
    {
        return $this->with_visible($uids, (string) $folder, fn ($uids) => parent::delete_message($uids, $folder));
    }

    public function list_folders_subscribed($root = '', $name = '*', $filter = null, $rights = null, $skip_sort = false)
    {
        return $this->without_chat_folders(parent::list_folders_subscribed($root, $name, $filter, $rights, $skip_sort));
    }

    public function list_folders($root = '', $name = '*', $filter = null, $rights = null, $skip_sort = false)
    {
        return $this->without_chat_folders(parent::list_folders($root, $name, $filter, $rights, $skip_sort));
    }

    /** Where the engine moves chat mail in mode `active`. */
    public function chats_folder(): string
    {
        return $this->get_namespace('prefix') . self::ROOT . $this->get_hierarchy_delimiter() . 'Chats';
    }

    /** One of ours, which folder lists leave out. */
    public function is_chat_folder(string $folder): bool
    {
        $delimiter = (string) $this->get_hierarchy_delimiter();

        return $this->separation->is_on()
            && strpos($folder . $delimiter, $this->get_namespace('prefix') . self::ROOT . $delimiter) === 0;
    }

    /** Folders in which chat mail still waits to be filed. @return string[] */
    public function folders_with_chat(): array
    {
        return $this->in_view(coi_separation::CHAT, fn () => array_values(array_filter(
            $this->separation->filing()->filed_folders(),
            fn (string $folder) => $this->conn->visible_uids($folder) !== []
        )));
    }

    /** Chat mail of several folders in one list, as a search that the page can refer to. */
    public function search_chat(array $folders): void
    {
        $this->in_view(coi_separation::CHAT, fn () => $this->search($folders, 'UNDELETED', null, 'date'));
    }

    protected function countmessages($folder, $mode = 'ALL', $force = false, $status = true, $no_search = false)
    {
        $mode = strtoupper($mode);
        $isOfSearch = !$no_search && $this->search_string && $folder == $this->folder && $mode !== 'UNSEEN';
        if ($isOfSearch || !in_array($mode, ['ALL', 'UNSEEN', 'THREADS'], true) || !$this->check_connection()) {
            return parent::countmessages($folder, $mode, $force, $status, $no_search);
        }
        $this->open($folder);
        $count = fn () => $this->conn->criterion($folder) === null
            ? parent::countmessages($folder, $mode, $force, $status, $no_search)
            : $this->count_narrowed($folder, $mode, $force, $status);

        // The badge counts mail, whatever the list shows.
        return $mode === 'UNSEEN' ? $this->in_view(coi_separation::MAIL, $count) : $count();
    }

    /** Filed lines lie in the order of their filing, so the chat side is by date unless the user sorts it. */
    protected function set_sort_order($sort_field, $sort_order)
    {
        parent::set_sort_order($sort_field ?: ($this->separation->is_mail_view() ? $sort_field : 'date'), $sort_order);
    }

    /** Message caches are checked against the count of all messages of a folder, so they cannot hold a part of it. */
    protected function get_mcache_engine()
    {
        return $this->separation->is_on() ? null : parent::get_mcache_engine();
    }

    private function in_view(string $view, callable $act)
    {
        $before = $this->separation->enter($view);
        try {
            return $act();
        } finally {
            $this->separation->enter($before);
        }
    }

    private function count_narrowed(string $folder, string $mode, bool $force, bool $status): int
    {
        $undeleted = empty($this->options['skip_deleted']) ? '' : 'UNDELETED';
        if ($mode === 'UNSEEN') {
            // Without any unread message a cheap STATUS says so.
            if (!parent::countmessages($folder, $mode, $force, false)) {
                return 0;
            }
            $count = $this->conn->search($folder, trim("$undeleted UNSEEN"), true, ['COUNT'])->count();
        } else {
            $found = $this->conn->search($folder, $undeleted, true, ['COUNT', 'MAX']);
            if ($status && $this->separation->is_mail_view()) {
                $this->set_folder_stats($folder, 'cnt', $found->count());
                $this->set_folder_stats($folder, 'maxuid', (int) $found->max());
            }
            $count = $mode === 'ALL' ? $found->count() : parent::countmessages($folder, $mode, true, false, true);
        }
        $this->keep_count($folder, $mode, (int) $count);

        return (int) $count;
    }

    private function keep_count(string $folder, string $mode, int $count): void
    {
        if (!$this->separation->is_mail_view()) {
            return;
        }
        $cached = $this->get_cache('messagecount');
        $cached[$folder][$mode] = $count;
        $this->update_cache('messagecount', $cached);
    }

    /** Asks the engine to file before the folder is selected: afterwards its messages would move under our feet. */
    private function open(string $folder): void
    {
        if (isset($this->opened[$folder]) || !in_array(rcmail::get_instance()->action, self::OPENING, true)) {
            return;
        }
        $this->opened[$folder] = true;
        $filing = $this->separation->filing();
        try {
            if ($filing->is_unknown()) {
                ($this->ask)();
            }
            if ($filing->is_unknown()) {
                $filing->presume($this->folder_exists($this->chats_folder()));
            }
            if (!$this->has_news($folder)) {
                return;
            }
            ($this->ask)();
            $this->separation->forget();
            $this->conn->forget_counts($folder);
        } catch (Throwable $error) {
            $this->separation->fail($error);
        }
    }

    private function has_news(string $folder): bool
    {
        $filing = $this->separation->filing();
        if ($folder === 'INBOX' && $filing->mode() === null) {
            return true;
        }
        if (!$filing->is_filed_from($folder)) {
            return false;
        }
        $status = $this->conn->status($folder, ['UIDNEXT', 'UIDVALIDITY']);

        return is_array($status) && isset($status['UIDNEXT'])
            && $status['UIDNEXT'] - 1 > $filing->mark($folder, (int) ($status['UIDVALIDITY'] ?? 0));
    }

    /**
     * "All messages" are those that the list shows. When they cannot be told, nothing is touched: going on with all
     * would move or delete what nobody saw.
     */
    private function with_visible($uids, string $folder, callable $act)
    {
        if (($uids !== '*' && $uids !== '1:*') || !empty($this->search_set) || !$this->check_connection()) {
            return $act($uids);
        }
        try {
            $visible = $this->conn->visible_uids($folder !== '' ? $folder : (string) $this->folder);
        } catch (Throwable $error) {
            $this->separation->fail($error);

            return false;
        }
        if ($visible === []) {
            return true;
        }

        return $act($visible ?? $uids);
    }

    private function without_chat_folders($folders)
    {
        if (!is_array($folders) || !$this->separation->is_on() || rcmail::get_instance()->task === 'settings') {
            return $folders;
        }

        return array_values(array_filter($folders, fn ($folder) => !$this->is_chat_folder($folder)));
    }
}
