<?php

/** Where the rows of each side of the Mail | Chat toggle are. */
final class coi_view
{
    /**
     * In mode `active` chat mail lies in a folder of its own; what is not filed yet is listed together with it.
     *
     * @return array{mailbox:?string,search:?string} null = the folder that is open
     */
    public static function place(rcmail $rc, coi_filing $filing, string $kind): array
    {
        $storage = $rc->get_storage();
        $here = ['mailbox' => null, 'search' => null];
        if ($kind !== 'chat' || $filing->mode() !== 'active' || !$storage instanceof coi_imap) {
            return $here;
        }
        $chats = $storage->chats_folder();
        if (!$storage->folder_exists($chats)) {
            return $here;
        }
        $unfiled = $storage->folders_with_chat();
        if ($unfiled === []) {
            return ['mailbox' => $chats, 'search' => null];
        }
        $storage->search_chat([...$unfiled, $chats]);
        $_SESSION['search'] = $storage->get_search_set();
        $_SESSION['search_request'] = 'coi' . bin2hex(random_bytes(8));

        return ['mailbox' => $unfiled[0], 'search' => $_SESSION['search_request']];
    }
}
