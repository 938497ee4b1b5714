<?php

/**
 * Tickets: how this webmail proves to the engine who its user is. A JWE in compact form, `dir` with A256GCM under the
 * secret that both share (RFC 7516). It is used at once, server to server, and only once.
 */
final class coi_ticket
{
    private const LIFETIME_S = 60;
    private const AUDIENCE = 'coi-engine';

    public static function make(coi_config $config, coi_account $account): string
    {
        $now = time();
        $claims = [
            'iss' => $config->issuer(),
            'aud' => self::AUDIENCE,
            'iat' => $now,
            'exp' => $now + self::LIFETIME_S,
            'jti' => self::base64url(random_bytes(18)),
        ];

        return self::seal($claims + $account->claims(), $config->issuer(), $config->secret());
    }

    /** @param string $secret 32 bytes */
    public static function seal(array $claims, string $issuer, string $secret): string
    {
        $head = self::base64url(self::json(['alg' => 'dir', 'enc' => 'A256GCM', 'kid' => $issuer]));
        $iv = random_bytes(12);
        $tag = '';
        $sealed = openssl_encrypt(self::json($claims), 'aes-256-gcm', $secret, OPENSSL_RAW_DATA, $iv, $tag, $head, 16);
        if ($sealed === false) {
            throw new RuntimeException('The ticket could not be sealed');
        }

        return implode('.', [$head, '', self::base64url($iv), self::base64url($sealed), self::base64url($tag)]);
    }

    private static function json(array $value): string
    {
        return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }

    private static function base64url(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
