<?php

/** The engine's HTTP side, as far as a webmail's server uses it. Every call has a time limit of its own. */
final class coi_engine
{
    private const CONNECT_S = 1;
    private const SIGN_ON_S = 5;
    /** Nobody waits for it, but the user's other requests may: PHP sessions lock. */
    private const PROLONG_S = 1;
    private const END_S = 1.5;
    /** The engine answers by then, done or not; the rest is for the way. */
    private const FILE_DEADLINE_MS = 110;
    private const FILE_S = 0.15;

    private rcmail $rc;
    private coi_config $config;

    public function __construct(rcmail $rc, coi_config $config)
    {
        $this->rc = $rc;
        $this->config = $config;
    }

    /**
     * @param ?string $session value of the cookie to prolong
     * @param bool $isAside nobody asked for it, so it may not take long
     * @return array{accountHash:string,address:string,expiresAt:int,storageShare:string,cookie:array}
     * @throws coi_engine_error
     */
    public function sign_on(string $ticket, ?string $session, bool $isAside = false): array
    {
        $body = ['ticket' => $ticket] + ($session === null ? [] : ['session' => $session]);
        $seconds = $isAside ? self::PROLONG_S : self::SIGN_ON_S;
        $answer = $this->request('POST', 'session', $seconds, ['json' => $body]);
        if (empty($answer['accountHash']) || empty($answer['storageShare']) || empty($answer['cookie']['value'])) {
            throw new coi_engine_error('protocol-mismatch', 'The engine answered something else than a session');
        }

        return $answer;
    }

    /** @throws coi_engine_error */
    public function end(string $accountHash, string $cookieName, string $cookieValue): void
    {
        $headers = ['Cookie' => "$cookieName=$cookieValue"];
        $path = 'a/' . rawurlencode($accountHash) . '/session';
        $this->request('DELETE', $path, self::END_S, ['headers' => $headers]);
    }

    /**
     * Files what lies unfiled, within 150 ms.
     *
     * @return array{done:bool,mode:?string,keywords:bool,marks:array}
     * @throws coi_engine_error
     */
    public function file(string $ticket): array
    {
        $body = ['ticket' => $ticket, 'deadlineMs' => self::FILE_DEADLINE_MS];

        return $this->request('POST', 'file', self::FILE_S, ['json' => $body]);
    }

    private function request(string $method, string $path, float $seconds, array $options): array
    {
        $options['headers'] = ($options['headers'] ?? []) + [
            'Accept' => 'application/json',
            'X-Forwarded-For' => rcube_utils::remote_addr(),
            'X-Forwarded-Proto' => rcube_utils::https_check() ? 'https' : 'http',
        ];
        $client = $this->rc->get_http_client([
            'timeout' => $seconds,
            'connect_timeout' => min(self::CONNECT_S, $seconds),
            'http_errors' => false,
            'allow_redirects' => false,
            // The webmail's own proxy is for other people's servers.
            'proxy' => '',
        ]);
        try {
            $response = $client->request($method, $this->config->engine_url() . "/$path", $options);
        } catch (Throwable $error) {
            throw new coi_engine_error('engine-unreachable', 'The engine does not answer', $error);
        }
        $answer = json_decode((string) $response->getBody(), true);
        if ($response->getStatusCode() >= 400) {
            throw new coi_engine_error(
                (string) ($answer['error']['code'] ?? 'engine-unreachable'),
                (string) ($answer['error']['message'] ?? 'The engine answered ' . $response->getStatusCode())
            );
        }

        return is_array($answer) ? $answer : [];
    }
}
