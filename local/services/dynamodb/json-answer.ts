import { randomUUID } from 'node:crypto'
import type { WireResponse } from '../../wire/service.ts'

export const json = (status: number, body: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify(body),
})
