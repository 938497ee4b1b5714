<?php

/** Loads the classes of this folder on first use: each file is named after its class. */
spl_autoload_register(static function (string $class): void {
    if (strncmp($class, 'coi_', 4) === 0 && is_file($file = __DIR__ . "/$class.php")) {
        require_once $file;
    }
});
