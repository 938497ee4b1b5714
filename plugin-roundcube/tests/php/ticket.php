<?php

/** Seals claims from standard input. */
require __DIR__ . '/library.php';

['claims' => $claims, 'issuer' => $issuer, 'secret' => $secret] = input();
echo coi_ticket::seal($claims, $issuer, base64_decode($secret, true));
