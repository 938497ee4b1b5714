<?php

/** The plugin's options, checked once. What each means is in config.inc.php.dist. */
final class coi_config
{
    private rcube_config $config;

    public function __construct(rcube_config $config)
    {
        $this->config = $config;
    }

    public function is_complete(): bool
    {
        return $this->engine_url() !== '' && $this->issuer() !== '' && strlen($this->secret()) === 32;
    }

    /** The engine as this server reaches it, without a slash at the end. */
    public function engine_url(): string
    {
        return rtrim((string) $this->config->get('coi_chat_engine_url'), '/');
    }

    /** The engine as browsers reach it: a path on this site, with slashes at both ends. */
    public function public_path(): string
    {
        return '/' . trim((string) $this->config->get('coi_chat_public_path', '/coi/'), '/') . '/';
    }

    public function issuer(): string
    {
        return (string) $this->config->get('coi_chat_issuer');
    }

    /** 32 bytes, or '' when the option is not base64. */
    public function secret(): string
    {
        return (string) base64_decode((string) $this->config->get('coi_chat_secret'), true);
    }

    /** The user's own choice, else the admin's default. */
    public function is_on_for_user(): bool
    {
        return (bool) $this->config->get('coi_enabled', $this->config->get('coi_chat_enabled', true));
    }

    public function is_panel_open(): bool
    {
        return (bool) $this->config->get('coi_panel', $this->config->get('coi_chat_panel_open', false));
    }

    /** Width of the docked panel, px. */
    public function panel_width(): int
    {
        return max(300, min(480, (int) $this->config->get('coi_width', 320)));
    }

    public function may_user_change(string $preference): bool
    {
        return !in_array($preference, (array) $this->config->get('dont_override', []), true);
    }
}
