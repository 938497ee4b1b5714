<?php

/**
 * Chat beside mail: docks the chat panel, keeps chat out of the mail list and signs the user on to the engine.
 *
 * This file only ties hooks and actions to the classes in lib/. Every handler is guarded: when something of ours
 * fails, Roundcube goes on as if the plugin were absent, and the error log says so once.
 *
 * Copyright (C) the Chat over IMAP for webmail authors
 *
 * This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
 * License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any
 * later version. It is distributed WITHOUT ANY WARRANTY. See the file LICENSE.
 *
 * @license GPL-3.0-or-later
 */
class coi_chat extends rcube_plugin
{
    /** Everywhere but before sign-on; the login task is needed for the hooks around it. */
    public $task = '.*';

    /** What the page's script may store with `rcmail.save_pref`. */
    public $allowed_prefs = ['coi_panel', 'coi_width'];

    private rcmail $rc;
    private coi_config $config;
    private coi_fault $fault;
    private coi_filing $filing;
    private ?coi_engine $engine = null;

    public function init(): void
    {
        require_once __DIR__ . '/lib/autoload.php';

        $this->fault = new coi_fault();
        try {
            $this->set_up();
        } catch (Throwable $error) {
            $this->fault->count('init', $error);
        }
    }

    /** Puts our storage class in the place of Roundcube's own; a driver of somebody else is left alone. */
    public function on_storage_init(array $options): array
    {
        if (get_class($this->rc->storage) === 'rcube_imap') {
            $separation = new coi_separation($this->filing, $this->fault, $this->view());
            $this->rc->storage = new coi_imap($separation, fn () => $this->ask_to_file());
        }

        return $options;
    }

    /** Mail that came in while nobody was signed on is filed before the list is drawn. */
    public function on_login(array $args): array
    {
        if ($this->config->is_on_for_user()) {
            $this->ask_to_file();
        }

        return $args;
    }

    /** The user is authenticated by now: before that, nothing of the session may go into a page. */
    public function on_ready(array $args): array
    {
        $page = new coi_page($this, $this->rc, $this->config, $this->filing, $this->session());
        if ($page->is_ours()) {
            $this->add_texts('localization/', true);
            $page->add($this->view());
        }

        return $args;
    }

    /** The chat folder is in no folder list, but may be what the list shows. */
    public function on_check_recent(array $args): array
    {
        $storage = $this->rc->get_storage();
        if ($storage instanceof coi_imap && $storage->is_chat_folder($storage->get_folder())) {
            $args['folders'] = array_values(array_unique([...$args['folders'], $storage->get_folder()]));
        }

        return $args;
    }

    public function on_search_form(array $args): array
    {
        if ($this->rc->task === 'mail' && $this->rc->action === '') {
            $args['content'] = ($args['content'] ?? '') . coi_page::toggle($this, $this->filing->mode(), $this->view());
        }

        return $args;
    }

    /** Roundcube's own heartbeat: the proof that the webmail's session lives. */
    public function on_refresh(array $args): array
    {
        $session = $this->session();
        if ($session->is_due()) {
            $session->prolong($this->account());
        }

        return $args;
    }

    /** Fires at sign-on too, for the session that is replaced; that one has nothing of ours. */
    public function on_session_destroy(array $args): array
    {
        $this->session()->end();

        return $args;
    }

    public function on_sections(array $args): array
    {
        $this->add_texts('localization/');

        return coi_settings::add_section($this, $args);
    }

    public function on_preferences(array $args): array
    {
        $this->add_texts('localization/');

        return (new coi_settings($this, $this->config, $this->filing))->add_options($args);
    }

    public function on_preferences_save(array $args): array
    {
        return (new coi_settings($this, $this->config, $this->filing))->read_options($args);
    }

    /**
     * Signs on to the engine and answers what the page needs to know of the session, as JSON. POST with a body only,
     * because Roundcube checks the token of nothing else.
     */
    public function action_session(): void
    {
        if (!$this->is_genuine_post()) {
            $this->answer(403, ['error' => ['code' => 'permission-denied', 'message' => 'Not a request of this page']]);
        }
        try {
            $this->answer(200, $this->session()->sign_on($this->account()));
        } catch (coi_engine_error $error) {
            $this->fault->count('session', $error);
            $this->answer($error->is_refusal() ? 409 : 503, ['error' => $error->to_array()]);
        } catch (Throwable $error) {
            $this->fault->count('session', $error);
            $this->answer(503, ['error' => ['code' => 'internal', 'message' => 'The sign-on failed']]);
        }
    }

    /** The page learned that the mode changed, or wants what lies about filed now. */
    public function action_filing(): void
    {
        $this->require_genuine_post();
        $this->ask_to_file(true);
        $this->rc->output->command('plugin.coi_filing', coi_page::filing_env($this->filing, $this->rc));
        $this->rc->output->send();
    }

    /** The toggle above the list: remembers the side for this sign-on and says where its rows are. */
    public function action_view(): void
    {
        $this->require_genuine_post();
        $kind = rcube_utils::get_input_string('_kind', rcube_utils::INPUT_POST) === 'chat' ? 'chat' : 'mail';
        if ($kind === 'chat') {
            $this->ask_to_file(true);
        }
        $_SESSION['coi_view'] = $kind;
        foreach (['search', 'search_request', 'list_mod_seq', 'page'] as $name) {
            $this->rc->session->remove($name);
        }
        $place = coi_view::place($this->rc, $this->filing, $kind);
        $this->rc->output->command('plugin.coi_view', ['kind' => $kind] + $place);
        $this->rc->output->send();
    }

    public function action_chat(): void
    {
        $this->rc->output->set_pagetitle($this->gettext('chat'));
        $this->rc->output->send('coi_chat.chat');
    }

    private function set_up(): void
    {
        $this->rc = rcmail::get_instance();
        $this->load_config();
        $this->config = new coi_config($this->rc->config);

        if (!$this->config->is_complete()) {
            $this->fault->tell('The options coi_chat_engine_url, coi_chat_issuer and coi_chat_secret must be set');
            return;
        }

        $this->filing = new coi_filing($this->rc, $this->config);
        $this->add_hook('preferences_sections_list', $this->guarded('on_sections'));
        $this->add_hook('preferences_list', $this->guarded('on_preferences'));
        $this->add_hook('preferences_save', $this->guarded('on_preferences_save'));
        $this->add_hook('session_destroy', $this->guarded('on_session_destroy'));

        if (!$this->config->is_on_for_user()) {
            return;
        }

        $this->add_hook('storage_init', $this->guarded('on_storage_init'));
        $this->add_hook('login_after', $this->guarded('on_login'));
        $this->add_hook('ready', $this->guarded('on_ready'));
        $this->add_hook('refresh', $this->guarded('on_refresh'));
        $this->add_hook('check_recent', $this->guarded('on_check_recent'));
        $this->add_hook('template_object_searchform', $this->guarded('on_search_form'));
        $this->register_action('plugin.coi.session', [$this, 'action_session']);
        $this->register_action('plugin.coi.filing', [$this, 'action_filing']);
        $this->register_action('plugin.coi.view', [$this, 'action_view']);

        // From here on, actions belong to the task of our own.
        $this->register_task('chat');
        $this->register_action('index', [$this, 'action_chat']);
    }

    /** The view that this request is for: what the page says, never what another tab last chose. */
    private function view(): string
    {
        $named = rcube_utils::get_input_string('_coi_view', rcube_utils::INPUT_GPC);
        if ($named === '' && !$this->is_ajax() && $this->rc->action === '') {
            $named = $_SESSION['coi_view'] ?? '';
        }

        return $named === 'chat' ? coi_separation::CHAT : coi_separation::MAIL;
    }

    private function is_ajax(): bool
    {
        return !empty($_REQUEST['_remote']);
    }

    private function engine(): coi_engine
    {
        return $this->engine ??= new coi_engine($this->rc, $this->config);
    }

    private function session(): coi_session
    {
        return new coi_session($this->rc, $this->config, $this->engine());
    }

    /** @throws coi_engine_error `permission-denied` when the webmail has no secret that the engine could use */
    private function account(): coi_account
    {
        return coi_account::connected($this->rc);
    }

    /** Asks the engine to tag and file what lies unfiled, and learns its marks. Never throws, never takes long. */
    private function ask_to_file(bool $now = false): void
    {
        try {
            if ($this->filing->may_ask($now)) {
                $this->filing->learn($this->engine()->file(coi_ticket::make($this->config, $this->account())));
            }
        } catch (Throwable $error) {
            $this->filing->could_not_ask();
            $this->fault->count('file', $error);
        }
    }

    private function is_genuine_post(): bool
    {
        return $_SERVER['REQUEST_METHOD'] === 'POST' && !empty($_POST)
            && $this->rc->check_request(rcube_utils::INPUT_POST);
    }

    private function require_genuine_post(): void
    {
        if (!$this->is_genuine_post()) {
            $this->rc->output->show_message('internalerror', 'error');
            $this->rc->output->send();
        }
    }

    /** @return never */
    private function answer(int $status, array $body): void
    {
        http_response_code($status);
        header('Content-Type: application/json; charset=utf-8');
        header('Cache-Control: no-store');
        echo json_encode($body, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
        exit;
    }

    /** A hook that hands back its arguments unchanged when we fail. */
    private function guarded(string $method): callable
    {
        return function (array $args) use ($method): array {
            try {
                return $this->$method($args);
            } catch (Throwable $error) {
                $this->fault->count($method, $error);

                return $args;
            }
        };
    }
}
