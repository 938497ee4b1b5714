<?php

/**
 * Runs searches through our IMAP client with a server that only records, and prints the commands that it was sent.
 */
require __DIR__ . '/library.php';

final class recording_imap extends coi_imap_generic
{
    public array $sent = [];
    public array $folder;

    public function select($mailbox, $qresync_data = null)
    {
        $this->data = $this->folder;

        return true;
    }

    public function getCapability($name)
    {
        return true;
    }

    public function execute($command, $arguments = [], $options = 0, $filter = null)
    {
        $this->sent[] = "$command " . implode(' ', $arguments);
        $isLook = strpos(end($this->sent), ':4294967295 OR OR') !== false && strpos(end($this->sent), 'NOT') === false;
        if ($isLook && !empty($this->folder['breaks'])) {
            throw new LogicException('The server said something unheard of');
        }
        $found = $isLook ? implode(',', array_keys($this->folder['heads'])) : '';

        return [self::ERROR_OK, '* ESEARCH (TAG "A1") UID' . ($found === '' ? '' : " ALL $found")];
    }

    public function fetch($mailbox, $message_set, $is_uid = false, $query_items = [], $mod_seq = null, $vanished = false)
    {
        return array_map(function ($uid) {
            $head = new rcube_message_header();
            $head->uid = (int) $uid;
            $head->messageID = $this->folder['heads'][$uid]['message-id'] ?? 'mid:1';
            $head->references = $this->folder['heads'][$uid]['references'] ?? null;
            if (isset($this->folder['heads'][$uid]['chat-version'])) {
                $head->others = ['chat-version' => '1.0'];
            }

            return $head;
        }, $message_set);
    }
}

$asked = input();
$_SESSION = ['coi_filing' => $asked['filing']];
$config = new rcube_config(['coi_enabled' => $asked['enabled'] ?? true]);
$filing = new coi_filing(new rcmail($config), new coi_config($config));
$separation = new coi_separation($filing, new coi_fault(), $asked['view'] ?? 'mail');
$imap = new recording_imap($separation);
$imap->folder = $asked['data'] + ['heads' => []];
foreach ($asked['searches'] as $criteria) {
    $imap->search($asked['folder'] ?? 'INBOX', $criteria, true);
}
$sent = $imap->sent;
try {
    $isKnown = is_array($imap->visible_uids('INBOX'));
} catch (RuntimeException $error) {
    $isKnown = false;
}
echo json_encode(['isKnown' => $isKnown, 'sent' => $sent, 'faults' => $_SESSION['coi_faults'] ?? []], JSON_THROW_ON_ERROR);
