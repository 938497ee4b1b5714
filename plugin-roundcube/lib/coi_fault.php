<?php

/**
 * What became of our failures: counted in the session, and told to the admin in the error log once per kind and
 * session. No content, no addresses: only where, which class, and the code.
 */
final class coi_fault
{
    public function count(string $where, Throwable $error): void
    {
        $kind = $where . ':' . ($error instanceof coi_engine_error ? $error->error_code : get_class($error));
        $_SESSION['coi_faults'][$kind] = ($_SESSION['coi_faults'][$kind] ?? 0) + 1;
        if ($_SESSION['coi_faults'][$kind] === 1) {
            $this->log("$kind in " . basename($error->getFile()) . ':' . $error->getLine()
                . ' - Roundcube goes on without it; further ones of this session are only counted');
        }
    }

    /** A mistake in the configuration. */
    public function tell(string $message): void
    {
        if (empty($_SESSION['coi_faults'][$message])) {
            $_SESSION['coi_faults'][$message] = 1;
            $this->log($message);
        }
    }

    private function log(string $message): void
    {
        rcube::raise_error(['code' => 600, 'message' => "coi_chat: $message"], true, false);
    }
}
