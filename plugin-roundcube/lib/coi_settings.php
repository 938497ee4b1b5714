<?php

/** The section "Chat" of Roundcube's settings. */
final class coi_settings
{
    private const SECTION = 'coi_chat';

    private rcube_plugin $plugin;
    private coi_config $config;
    private coi_filing $filing;

    public function __construct(rcube_plugin $plugin, coi_config $config, coi_filing $filing)
    {
        $this->plugin = $plugin;
        $this->config = $config;
        $this->filing = $filing;
    }

    public static function add_section(rcube_plugin $plugin, array $args): array
    {
        $args['list'][self::SECTION] = ['id' => self::SECTION, 'section' => rcube::Q($plugin->gettext('chat'))];

        return $args;
    }

    public function add_options(array $args): array
    {
        if ($args['section'] !== self::SECTION) {
            return $args;
        }
        $options = [];
        if ($this->config->may_user_change('coi_enabled')) {
            $options['coi_enabled'] = $this->checkbox('_coi_enabled', 'enabled', $this->config->is_on_for_user());
        }
        if ($this->config->may_user_change('coi_panel')) {
            $options['coi_panel'] = $this->checkbox('_coi_panel', 'panelopen', $this->config->is_panel_open());
        }
        $args['blocks']['main'] = ['name' => rcube::Q($this->plugin->gettext('panelblock')), 'options' => $options];
        $args['blocks']['mailbox'] = [
            'name' => rcube::Q($this->plugin->gettext('mailboxblock')),
            'options' => ['coi_mode' => $this->mode()],
        ];

        return $args;
    }

    public function read_options(array $args): array
    {
        if ($args['section'] !== self::SECTION) {
            return $args;
        }
        foreach (['coi_enabled', 'coi_panel'] as $preference) {
            if ($this->config->may_user_change($preference)) {
                $args['prefs'][$preference] = !empty($_POST["_$preference"]);
            }
        }
        $mode = rcube_utils::get_input_string('_coi_mode', rcube_utils::INPUT_POST);
        if ($this->filing->mode() !== null && in_array($mode, ['active', 'none'], true) && $mode !== $this->filing->mode()) {
            $this->hand_to_page($mode);
        }

        return $args;
    }

    private function checkbox(string $name, string $label, bool $isOn): array
    {
        $box = new html_checkbox(['name' => $name, 'id' => $name, 'value' => 1]);

        return [
            'title' => html::label($name, rcube::Q($this->plugin->gettext($label))),
            'content' => $box->show($isOn ? 1 : 0),
        ];
    }

    /** Where chats live. Before consent there is nothing to choose here: the first question is asked in the chat. */
    private function mode(): array
    {
        $title = rcube::Q($this->plugin->gettext('mode'));
        if ($this->filing->mode() === null) {
            return ['title' => $title, 'content' => html::span('hint', rcube::Q($this->plugin->gettext('modeopen')))];
        }
        $select = new html_select(['name' => '_coi_mode', 'id' => '_coi_mode', 'class' => 'custom-select']);
        $select->add($this->plugin->gettext('modeactive'), 'active');
        $select->add($this->plugin->gettext('modenone'), 'none');

        return ['title' => html::label('_coi_mode', $title), 'content' => $select->show($this->filing->mode())];
    }

    /** The mode is the mailbox's, and the chat client of the page around this frame sets it. */
    private function hand_to_page(string $mode): void
    {
        rcmail::get_instance()->output->add_script(
            'parent.rcmail && parent.rcmail.triggerEvent("coi-mode", ' . json_encode($mode) . ');',
            'docready'
        );
    }
}
