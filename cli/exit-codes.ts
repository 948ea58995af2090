/** What the command ends with. Documented in docs/cli.md. */
export const EXIT = {
  /** Done; of a command that follows a rollout: it was promoted. */
  done: 0,
  /** The rollout failed back, or what was asked for was refused. */
  refused: 1,
  /** What was typed is wrong: an option, a name, a file. */
  usage: 2,
  /** AWS refused or did not answer: region, credentials, permissions, endpoint. */
  aws: 3,
  /** A fault of the command itself. */
  fault: 70,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
  /** Nobody reads the output any more, as shells have it. */
  brokenPipe: 141,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
