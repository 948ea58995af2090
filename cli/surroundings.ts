import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../core/ports.ts'
import type { Asker } from './asker.ts'

/** A stream that text is written to, as far as the command needs it. */
export interface Sink {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
}

/** Everything that the command has of the process around it, so that a test can be the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Sink
  readonly stderr: Sink
  /** Whether somebody is there to answer questions. */
  readonly interactive: boolean
  readonly clock: Clock
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** From its first call on, Ctrl-C aborts the signal instead of ending the process; a second one ends it. */
  readonly interruption: () => AbortSignal
  /** Who answers questions; a prompt on the terminal unless told. */
  readonly asker?: Asker
  /** Carries the requests of the AWS clients; the network unless told. */
  readonly requestHandler?: DynamoDBClientConfig['requestHandler']
}
