<?php

/**
 * Whom the storage is connected as, read from the connected storage: hooks of other plugins (OAuth, other hosts) may
 * have changed what the session says.
 */
final class coi_account
{
    private array $claims;

    private function __construct(array $claims)
    {
        $this->claims = $claims;
    }

    /** @throws coi_engine_error `imap-unavailable`; `permission-denied` where there is no secret to pass on */
    public static function connected(rcmail $rc): self
    {
        $storage = $rc->get_storage();
        if (!$storage->is_connected() && !$rc->storage_connect()) {
            throw new coi_engine_error('imap-unavailable', 'The mail server does not answer');
        }
        $auth = self::auth_kind((string) $storage->get_option('auth_type'));
        $secret = (string) $storage->get_option('password');
        if ($auth === null || $secret === '' || $storage->get_option('auth_cid')) {
            throw new coi_engine_error('permission-denied', 'This webmail signs on to mail without a secret of the user');
        }
        if ($auth !== 'password') {
            // Roundcube keeps the token's type in front of it.
            $secret = preg_replace('/^Bearer\s+/i', '', $secret);
        }

        return new self([
            'login' => (string) $storage->get_option('user'),
            'address' => strtolower((string) $rc->user->get_username('mail')),
            'secret' => $secret,
            'auth' => $auth,
            'imap' => [
                'host' => self::plain_host((string) $storage->get_option('host')),
                'port' => (int) $storage->get_option('port'),
            ],
        ]);
    }

    public function claims(): array
    {
        return $this->claims;
    }

    private static function auth_kind(string $type): ?string
    {
        switch (strtoupper($type)) {
            case 'XOAUTH2':
                return 'xoauth2';
            case 'OAUTHBEARER':
                return 'oauthbearer';
            case 'GSSAPI':
            case 'EXTERNAL':
                return null;
            default:
                return 'password';
        }
    }

    private static function plain_host(string $host): string
    {
        return strtolower(preg_replace('~^[a-z]+://|:\d+$~i', '', $host));
    }
}
