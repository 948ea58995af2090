import { expect, test } from 'vitest'
import { nearest, suggestion } from '../../../cli/nearest.ts'

test.each([
  ['wbe', 'web'],
  ['WEB', 'web'],
  ['webb', 'web'],
  ['chekout', 'checkout'],
  ['check', 'checkout'],
  ['shop-lab', 'shop-alb'],
  ['stauts', undefined],
  ['x', undefined],
  ['', undefined],
])('of web, checkout and shop-alb, %j means %s', (typed, meant) => {
  expect(nearest(typed, ['web', 'checkout', 'shop-alb'])).toBe(meant)
})

test('the nearer of two wins', () => {
  expect(nearest('shop-1', ['shop-12', 'shop-1'])).toBe('shop-1')
  expect(nearest('payment', ['payments', 'pavement'])).toBe('payments')
})

test('where nothing is near it says which there are', () => {
  expect(suggestion('zzz', ['web', 'api'])).toBe('; there are web, api')
  expect(suggestion('zzz', ['web'])).toBe('; there is web')
  expect(suggestion('zzz', [])).toBe('')
  const many = Array.from({ length: 20 }, (_, index) => `canary-number-${index}`)
  expect(suggestion('zzz', many)).toMatch(/canary-number-7, …$/)
})
