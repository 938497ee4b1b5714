<?php

/**
 * The user's session with the engine. Its key lies in the browser's cookie and, encrypted, in the webmail's own
 * session, so that it is prolonged while that one lives and ends with it.
 */
final class coi_session
{
    private const NAME = 'coi_session';
    /** Prolonged when less than this part of its life is left. */
    private const DUE_AT = 0.7;
    private const PAUSED_UNTIL = 'coi_session_pausedUntil';
    private const AFTER_FAILURE_S = 120;

    private rcmail $rc;
    private coi_config $config;
    private coi_engine $engine;

    public function __construct(rcmail $rc, coi_config $config, coi_engine $engine)
    {
        $this->rc = $rc;
        $this->config = $config;
        $this->engine = $engine;
    }

    /** What the page is rendered with; null = it has to sign on. */
    public function info(): ?array
    {
        $known = $this->known();
        if ($known === null || $known['expiresAt'] <= time() * 1000) {
            return null;
        }

        return array_intersect_key($known, array_flip(['accountHash', 'address', 'storageShare', 'expiresAt']));
    }

    /** There is one, it needs a fresh proof soon, and the last attempt did not fail just now. */
    public function is_due(): bool
    {
        $known = $this->known();
        if ($known === null || time() < (int) ($_SESSION[self::PAUSED_UNTIL] ?? 0)) {
            return false;
        }
        $life = max(1, $known['expiresAt'] - $known['provenAt']);

        return ($known['expiresAt'] - time() * 1000) / $life < self::DUE_AT;
    }

    /**
     * The same as sign-on, beside something else that the user asked for: gives up soon, and then pauses.
     *
     * @throws coi_engine_error
     */
    public function prolong(coi_account $account): void
    {
        $_SESSION[self::PAUSED_UNTIL] = time() + self::AFTER_FAILURE_S;
        $this->sign_on($account, true);
    }

    /**
     * Starts a session with the engine or prolongs the one that there is, and sets the browser's cookie.
     *
     * @throws coi_engine_error
     */
    public function sign_on(coi_account $account, bool $isAside = false): array
    {
        $known = $this->known();
        try {
            $answer = $this->redeem($account, $known['cookie']['value'] ?? null, $isAside);
        } catch (coi_engine_error $error) {
            if ($known === null || !$error->is_refusal()) {
                throw $error;
            }
            // The engine does not know that session any more.
            $answer = $this->redeem($account, null, $isAside);
        }
        unset($_SESSION[self::PAUSED_UNTIL]);
        $answer['provenAt'] = time() * 1000;
        $_SESSION[self::NAME] = $this->rc->encrypt(json_encode($answer, JSON_THROW_ON_ERROR));
        $cookie = $answer['cookie'];
        $this->set_cookie($cookie['name'], $cookie['value'], $cookie['path'], time() + (int) $cookie['maxAgeSeconds']);

        return $this->info() ?? [];
    }

    /**
     * At sign-off. The engine is told when the request is over and the webmail's own session is gone: another tab that
     * learns of it at once would else be signed on again. Never throws: the engine ends sessions that nobody prolongs.
     */
    public function end(): void
    {
        $known = $this->known();
        if ($known === null) {
            return;
        }
        unset($_SESSION[self::NAME]);
        $cookie = $known['cookie'];
        $this->set_cookie($cookie['name'], '', $cookie['path'], time() - 86400);
        register_shutdown_function(function () use ($known, $cookie): void {
            try {
                $this->engine->end($known['accountHash'], $cookie['name'], $cookie['value']);
            } catch (Throwable $error) {
                (new coi_fault())->count('end', $error);
            }
        });
    }

    private function redeem(coi_account $account, ?string $session, bool $isAside): array
    {
        return $this->engine->sign_on(coi_ticket::make($this->config, $account), $session, $isAside);
    }

    private function known(): ?array
    {
        if (empty($_SESSION[self::NAME])) {
            return null;
        }
        $known = json_decode((string) $this->rc->decrypt($_SESSION[self::NAME]), true);

        return is_array($known) && isset($known['cookie']['value'], $known['accountHash']) ? $known : null;
    }

    /** The engine names the path as it sees it; browsers see it below the public path. */
    private function set_cookie(string $name, string $value, string $path, int $expires): void
    {
        $at = strrpos($path, '/a/');
        setcookie($name, $value, [
            'expires' => $expires,
            'path' => rtrim($this->config->public_path(), '/') . ($at === false ? '/' : substr($path, $at)),
            'secure' => rcube_utils::https_check(),
            'httponly' => true,
            'samesite' => 'Strict',
        ]);
    }
}
