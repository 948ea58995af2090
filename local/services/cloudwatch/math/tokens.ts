import { AwsError } from '../../../wire/service.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string }

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|==|!=|&&|\|\||[-+*/^(),<>[\]]))/y

/** @throws {AwsError} where the expression has something else in it. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = []
  const text = expression.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) {
      throw new AwsError(
        'ValidationError',
        `local AWS cannot read the expression "${expression}" from "${text.slice(at, at + 20)}" on`,
      )
    }
    const [, number, name, sign = ''] = match
    if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) })
    else if (name !== undefined) tokens.push({ kind: 'name', value: name })
    else tokens.push({ kind: 'sign', value: sign })
  }
  return tokens
}
