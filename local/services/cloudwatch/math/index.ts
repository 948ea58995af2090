export { evaluate, type Series } from './evaluate.ts'
export { parseExpression } from './parse.ts'
