/** The door of the package: what tests of other workspaces share, and the parts of the fault harness. */
export { Coverage } from './coverage.ts';
export { countCuts, Director, type Effect, type Fault, isCut, type Moment, type Person, type Strike } from './fault.ts';
export {
  type Delivery,
  type Ending,
  judge,
  type OutsideMail,
  type Screen,
  type ScreenRow,
  type TypedLine,
  type Untouched,
  type Verdict,
} from './oracle.ts';
export { freshSeed, Random } from './random.ts';
export { type Relay, type RelayOptions, startRelay } from './relay.ts';
export {
  type Act,
  type Force,
  isForce,
  linesOf,
  makeSchedule,
  type OtherDeed,
  otherThan,
  type Schedule,
  type Setup,
} from './schedule.ts';
export { isStep, STEP_NAMES, STEPS, type Step } from './step.ts';
export { type Counter, COUNTERS, isBad, isGood, type Sum, Tally } from './tally.ts';
export { ImapSteps } from './wire/imap-steps.ts';
export { type ImapPiece, ImapSplitter } from './wire/imap-stream.ts';
export { type Piece, plainReader, type Reader } from './wire/reader.ts';
export { SmtpSteps } from './wire/smtp-steps.ts';
export { DataScanner, LineSplitter } from './wire/smtp-stream.ts';
export { WebSteps } from './wire/web-steps.ts';
export { lineName, nameOf, typedText } from './words.ts';
