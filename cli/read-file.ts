import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { type FileReading, readDefinitionFile } from './definition-file.ts'
import { UsageError } from './errors.ts'

/** The definition of a file, or of standard input where that is called `-`. @throws {UsageError} with every issue's place. */
export async function definitionOfFile(
  file: string,
): Promise<Extract<FileReading, { kind: 'sound' }>> {
  const reading = readDefinitionFile(await contentOf(file))
  if (reading.kind === 'sound') return reading
  const { issues } = reading
  const name = file === '-' ? 'standard input' : file
  const lines = issues.map((one) => `  ${name}:${one.line}:${one.column}: ${one.text}`)
  const count = issues.length === 1 ? 'an error' : `${issues.length} errors`
  throw new UsageError(`${name} has ${count}; nothing is written\n${lines.join('\n')}`)
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`the file ${file} cannot be read: ${(error as Error).message}`)
  }
}
