import { SLOTS } from '../core/model/slot.ts'
import type { Field } from './record-codec.ts'

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export const text: Field = {
  accepts: (value) => typeof value === 'string' && value !== '',
  expected: 'a text',
}

export const flag: Field = {
  accepts: (value) => typeof value === 'boolean',
  expected: 'a boolean, true or false',
}

export const count: Field = {
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  expected: 'a whole number from 0',
}

export const number: Field = {
  accepts: (value) => typeof value === 'number',
  expected: 'a number',
}

export const list: Field = { accepts: Array.isArray, expected: 'a list', nested: true }

export const map: Field = {
  accepts: (value) => isObject(value) && !Array.isArray(value),
  expected: 'a map',
  nested: true,
}

export const slot: Field = oneOf(SLOTS)

/** One value a slot. */
export const bySlot = (each: Field): Field => ({
  accepts: (value) =>
    isObject(value) && SLOTS.every((name) => each.accepts(Reflect.get(value, name))),
  expected: `a map with blue and green, each ${each.expected}`,
  nested: true,
})

export function oneOf(values: readonly string[]): Field {
  return {
    accepts: (value) => typeof value === 'string' && values.includes(value),
    expected: values.map((value) => `"${value}"`).join(' or '),
  }
}

export const optional = (field: Field): Field => ({ ...field, optional: true })
