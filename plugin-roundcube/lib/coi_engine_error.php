<?php

/** The engine could not be reached, or said no. `error_code` is one of the product's stable error codes. */
final class coi_engine_error extends RuntimeException
{
    public string $error_code;

    public function __construct(string $error_code, string $message, ?Throwable $previous = null)
    {
        parent::__construct($message, 0, $previous);
        $this->error_code = $error_code;
    }

    /** Asking again will not help. */
    public function is_refusal(): bool
    {
        return in_array($this->error_code, ['auth-failed', 'auth-expired', 'permission-denied', 'invalid-request'], true);
    }

    public function to_array(): array
    {
        return ['code' => $this->error_code, 'message' => $this->getMessage()];
    }
}
