<?php

/** Roundcube's IMAP client with one thing added: searches of a filtered folder find only the view's messages. */
class coi_imap_generic extends rcube_imap_generic
{
    private coi_separation $separation;

    public function __construct(coi_separation $separation)
    {
        $this->separation = $separation;
    }

    public function search($mailbox, $criteria, $return_uid = false, $items = [])
    {
        return parent::search($mailbox, $this->narrowed($mailbox, $criteria), $return_uid, $items);
    }

    public function sort($mailbox, $field = 'ARRIVAL', $criteria = '', $return_uid = false, $encoding = 'US-ASCII')
    {
        return parent::sort($mailbox, $field, $this->narrowed($mailbox, $criteria), $return_uid, $encoding);
    }

    public function thread($mailbox, $algorithm = 'REFERENCES', $criteria = '', $return_uid = false, $encoding = 'US-ASCII')
    {
        return parent::thread($mailbox, $algorithm, $this->narrowed($mailbox, $criteria), $return_uid, $encoding);
    }

    /**
     * The engine tags and moves mail while lists are read, so answers come with news about other messages in between.
     * Roundcube takes such news for the result when there is no match.
     */
    public function execute($command, $arguments = [], $options = 0, $filter = null)
    {
        if ($filter === null && preg_match('/^(UID )?(SEARCH|SORT|THREAD)$/D', $command)) {
            $filter = '/^\* (E?SEARCH|SORT|THREAD)/i';
        }

        return parent::execute($command, $arguments, $options, $filter);
    }

    /** For servers without SORT: Roundcube fetches dates of a range and sorts by itself. */
    public function index($mailbox, $message_set, $index_field = '', $skip_deleted = true, $uidfetch = false, $return_uid = false)
    {
        $uids = $message_set === '1:*' ? $this->visible_or_all((string) $mailbox) : null;
        if ($uids === []) {
            return new rcube_result_index($mailbox, '* SEARCH');
        }
        if ($uids !== null) {
            return parent::index($mailbox, $uids, $index_field, $skip_deleted, true, $return_uid);
        }

        return parent::index($mailbox, $message_set, $index_field, $skip_deleted, $uidfetch, $return_uid);
    }

    /** As if we were not there. @return rcube_result_index UIDs */
    public function stock_search(string $mailbox, string $criteria): rcube_result_index
    {
        return parent::search($mailbox, $criteria, true);
    }

    /** What is filtered in the folder just now; null = nothing. */
    public function criterion(string $mailbox): ?string
    {
        try {
            return $this->separation->criterion($this, $mailbox);
        } catch (Throwable $error) {
            $this->separation->fail($error);

            return null;
        }
    }

    /** UIDs of the view's messages; null = the folder is not filtered. @throws RuntimeException */
    public function visible_uids(string $mailbox): ?array
    {
        if ($this->separation->has_failed()) {
            throw new RuntimeException('What the list shows is not known');
        }
        $criterion = $this->separation->criterion($this, $mailbox);
        if ($criterion === null) {
            return null;
        }
        $found = $this->stock_search($mailbox, $criterion);
        if ($found->is_error()) {
            throw new RuntimeException('The search for what the list shows failed');
        }

        return $found->get();
    }

    /** The folder's counts changed under us; they are to be read anew. */
    public function forget_counts(string $mailbox): void
    {
        $this->clear_status_cache($mailbox);
    }

    private function visible_or_all(string $mailbox): ?array
    {
        try {
            return $this->visible_uids($mailbox);
        } catch (Throwable $error) {
            $this->separation->fail($error);

            return null;
        }
    }

    /** Lookups of one message by number or UID are Roundcube's own and are left alone. */
    private function narrowed($mailbox, $criteria)
    {
        if (preg_match('/^(UID )?\d+$/D', (string) $criteria)) {
            return $criteria;
        }
        $criterion = $this->criterion((string) $mailbox);
        if ($criterion === null) {
            return $criteria;
        }

        return $criteria === '' || $criteria === null || $criteria === 'ALL' ? $criterion : "$criteria $criterion";
    }
}
