<?php

/**
 * For scripts that try our classes without a whole Roundcube: its library as installed, and in place of application
 * and configuration the two things that our classes ask them for.
 */
final class rcube_config
{
    public function __construct(private array $options)
    {
    }

    public function get(string $name, mixed $default = null): mixed
    {
        return $this->options[$name] ?? $default;
    }
}

final class rcmail
{
    public object $user;

    public function __construct(public rcube_config $config)
    {
        $this->user = new class () {
            public function save_prefs(array $prefs): bool
            {
                return true;
            }
        };
    }
}

require '/usr/share/roundcube/program/lib/Roundcube/bootstrap.php';
require dirname(__DIR__, 2) . '/lib/autoload.php';

function input(): array
{
    return json_decode(stream_get_contents(STDIN), true, 32, JSON_THROW_ON_ERROR);
}
