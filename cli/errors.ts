/** For what the person at the keyboard can mend: told in a line, without a stack. */
export class UsageError extends Error {}

/** What was asked for was understood and refused; says why, and what to do. */
export class RefusedError extends Error {}
