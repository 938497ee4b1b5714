/** What one mail may cost us. Beyond a limit the reader goes on with what it has; it never throws. */

/** A header section longer than this ends here; what follows is body. */
export const MAX_HEADER_BYTES = 256 * 1024;
export const MAX_HEADER_FIELDS = 2000;
/** multipart inside multipart. */
export const MAX_DEPTH = 30;
export const MAX_PART_COUNT = 1000;
/** RFC 2046 allows 70. */
export const MAX_BOUNDARY_LENGTH = 200;
export const MAX_ADDRESS_COUNT = 2000;
/** Of one References field; the first and the last ones are kept. */
export const MAX_REFERENCE_COUNT = 200;
export const MAX_PARAMETER_COUNT = 200;
