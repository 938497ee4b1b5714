<?php

/** What a page of Roundcube gets from us: script, taskbar button, and in the mail views the docked panel. */
final class coi_page
{
    /** Full pages of the mail task; others (print, attachment) look like pages but are documents. */
    private const MAIL_ACTIONS = ['', 'show', 'compose'];

    private rcube_plugin $plugin;
    private rcmail $rc;
    private coi_config $config;
    private coi_filing $filing;
    private coi_session $session;

    public function __construct(rcube_plugin $plugin, rcmail $rc, coi_config $config, coi_filing $filing, coi_session $session)
    {
        $this->plugin = $plugin;
        $this->rc = $rc;
        $this->config = $config;
        $this->filing = $filing;
        $this->session = $session;
    }

    /** A whole page for a person who is signed on. */
    public function is_ours(): bool
    {
        return $this->rc->output->type === 'html' && $this->rc->user->ID
            && !$this->rc->output->get_env('framed') && empty($_REQUEST['_extwin'])
            && !in_array($this->rc->task, ['login', 'logout', 'utils'], true)
            && ($this->rc->task !== 'mail' || in_array($this->rc->action, self::MAIL_ACTIONS, true));
    }

    /** @param string $view side of the toggle that the list starts with */
    public function add(string $view): void
    {
        $bundle = $this->bundle();
        if ($bundle === null) {
            throw new RuntimeException('The plugin was installed without its built scripts in js/');
        }
        $output = $this->rc->output;
        $this->plugin->include_stylesheet($this->plugin->local_skin_path() . '/coi.css');
        $this->plugin->add_button([
            'type' => 'link', 'command' => 'chat', 'label' => 'coi_chat.chat',
            'class' => 'button-coi', 'classsel' => 'button-coi button-selected', 'innerclass' => 'button-inner inner',
        ], 'taskbar');
        $hasDock = $this->rc->task === 'mail';
        if ($hasDock) {
            $this->add_dock();
        }
        $output->set_env('coi', [
            'engine' => $this->config->public_path(),
            'worker' => $output->asset_url($this->plugin->url('js/' . $bundle['worker'])),
            'userKey' => $this->rc->user->get_hash(),
            'session' => $this->session->info(),
            'locale' => str_replace('_', '-', $_SESSION['language'] ?? 'en_US'),
            'place' => $this->rc->task === 'chat' ? 'page' : ($hasDock ? 'dock' : 'none'),
            'view' => $view,
            'width' => $this->config->panel_width(),
        ] + self::filing_env($this->filing, $this->rc));
        $source = $output->asset_url($this->plugin->url('js/' . $bundle['main']));
        $output->add_header(html::tag('script', ['type' => 'module', 'src' => $source]));
    }

    /** What the page knows of the mailbox; sent again when it changes. */
    public static function filing_env(coi_filing $filing, rcmail $rc): array
    {
        $storage = $filing->mode() === 'active' && $rc->task === 'mail' ? $rc->get_storage() : null;

        return [
            'mode' => $filing->mode(),
            'chatsMailbox' => $storage instanceof coi_imap ? $storage->chats_folder() : null,
        ];
    }

    /** The Mail | Chat toggle above the list; hidden until the user has consented. */
    public static function toggle(rcube_plugin $plugin, ?string $mode, string $view): string
    {
        $button = fn (string $kind) => html::tag('button', [
            'type' => 'button', 'data-kind' => $kind, 'aria-pressed' => $kind === $view ? 'true' : 'false',
        ], rcube::Q($plugin->gettext($kind)));
        $attributes = ['id' => 'coi-kinds', 'role' => 'group', 'aria-label' => $plugin->gettext('kinds')];

        return html::div($attributes + ($mode === null ? ['hidden' => 'hidden'] : []), $button('mail') . $button('chat'));
    }

    /**
     * Elastic has no place for a fifth column, so the panel is written at the end of the page and moves into the
     * layout while the page is parsed: nothing shifts.
     */
    private function add_dock(): void
    {
        // Beside "refresh", so that small windows do not hide it in a menu.
        $isList = $this->rc->action === '';
        $class = $isList ? 'button icon toolbar-button coi-toggle' : 'coi-toggle';
        $this->plugin->add_button([
            'type' => 'link', 'command' => 'coi-toggle', 'label' => 'coi_chat.chat', 'title' => 'coi_chat.togglepanel',
            'aria-label' => $this->plugin->gettext('chatpanel'),
            'class' => "$class disabled", 'classact' => "$class active", 'innerclass' => 'inner',
        ], $isList ? 'listcontrols' : 'toolbar');
        $isOpen = json_encode($this->config->is_panel_open());
        $width = $this->config->panel_width();
        $script = "(function(d){var r=d.documentElement,p=d.getElementById('layout-coi'),l=d.getElementById('layout');"
            . "r.style.setProperty('--coi-width','{$width}px');"
            . "var b=d.querySelector('#messagelist-header .toolbar .coi-toggle'),f=d.querySelector('#messagelist-header>.refresh');"
            . "if(b&&f)f.parentNode.insertBefore(b,f);if(l)l.appendChild(p);if($isOpen&&matchMedia('(min-width: 1366px)').matches)r.classList.add('coi-open');})(document)";
        $this->rc->output->add_footer(
            html::div(['id' => 'layout-coi', 'role' => 'complementary', 'aria-label' => $this->plugin->gettext('chat')], '')
            . html::tag('script', [], $script)
        );
    }

    /** @return ?array{main:string,worker:string} file names in js/, written by the build */
    private function bundle(): ?array
    {
        $text = @file_get_contents(dirname(__DIR__) . '/js/manifest.json');
        $manifest = json_decode((string) $text, true);
        foreach (['main', 'worker'] as $name) {
            if (!preg_match('/^[\w.-]+\.js$/D', $manifest[$name] ?? '')) {
                return null;
            }
        }

        return $manifest;
    }
}
