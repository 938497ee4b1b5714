/** The door of the package: what tests of other workspaces share, and the parts of the fault harness. */
export { countCuts, Director, type Effect, type Fault, isCut, type Moment, type Person, type Strike } from './fault.ts';
export { freshSeed, Random } from './random.ts';
export { isStep, STEP_NAMES, STEPS, type Step } from './step.ts';
export { type ImapPiece, ImapSplitter } from './wire/imap-stream.ts';
export { DataScanner, LineSplitter } from './wire/smtp-stream.ts';
