import { describe, expect, it } from 'vitest'
import { type IdentityProof, PROOF_HEADER } from '../../../core/model/identity-proof.ts'
import type { Rollout } from '../../../core/model/rollout.ts'
import type { SignalKind } from '../../../core/model/signal.ts'
import { noteAlarm } from '../../../core/use-cases/note-alarm.ts'
import { type SignalRequest, signal } from '../../../core/use-cases/signal.ts'
import { type Drive, newestRollout, resetTriggered, startRollout } from '../../fixtures/drive.ts'
import { createWorld, definition, type World } from '../../fixtures/world.ts'

let ids = 0
const ask = (world: World, kind: SignalKind, more: Partial<SignalRequest> = {}) =>
  signal(world.ports, {
    canary: 'web',
    kind,
    who: 'ada',
    why: 'as asked',
    id: `id-${ids++}`,
    ...more,
  })

/** A rollout that bakes at its first step and waits with a token. */
async function baking(change: Parameters<typeof definition>[0] = {}) {
  const world = createWorld()
  world.store.definitions.set('web', definition(change))
  const drive = await (await startRollout(world)).until('Bake')
  await drive.step()
  return { world, drive }
}

const alarm = (name: string, state: 'OK' | 'ALARM') => ({
  name,
  state,
  reason: 'because',
  since: 0,
})

const gate = { kind: 'approval', step: 2, since: 0, reason: 'step 2 needs an approval' } as const

function amend(world: World, change: Partial<Rollout>): void {
  const rollout = newestRollout(world)
  world.store.rollouts.set(`web-${rollout.attempt}`, { ...rollout, ...change })
}

describe('a person’s signal', () => {
  it('is numbered, stands on the timeline, and wakes the bake', async () => {
    const { world } = await baking()
    const answered = world.answers.length
    expect(await ask(world, 'pause', { id: 'p' })).toEqual({
      kind: 'recorded',
      rollout: 'web-1',
      reason: 'web-1 will see "pause" at once',
    })
    expect(await ask(world, 'resume', { id: 'r' })).toMatchObject({ kind: 'recorded' })
    expect(world.answers.slice(answered).map(({ output }) => output.signal)).toEqual([
      'pause',
      'resume',
    ])
    const { signals, timeline } = newestRollout(world)
    expect(signals).toMatchObject({
      p: { number: 1, step: 1, who: 'ada (not verified)' },
      r: { number: 2, step: 1 },
    })
    expect(timeline.map(({ what }) => what).slice(-2)).toEqual([
      'asked to pause',
      'asked to resume',
    ])
  })

  it('names whom AWS vouches for, whoever it says it is', async () => {
    const { world } = await baking()
    const arn = 'arn:aws:sts::123456789012:assumed-role/Operator/ada'
    const proof: IdentityProof = { headers: { [PROOF_HEADER]: 'web//abort/a1' }, body: arn }
    await ask(world, 'abort', { id: 'a1', who: 'the boss', proof })
    expect(newestRollout(world).timeline.at(-1)).toMatchObject({ who: arn, what: 'asked to abort' })
  })

  it('of whom nobody vouches says so, however long the name is that it goes by', async () => {
    const { world } = await baking()
    const arn = 'arn:aws:sts::123456789012:assumed-role/Admin/ada'
    // Characters that nobody sees, of three bytes each.
    const who = arn + '\u200b'.repeat(256 - arn.length)
    await ask(world, 'pause', { id: 'p', who })
    expect(newestRollout(world).signals.p?.who).toMatch(/ \(not verified\)$/)
    expect(newestRollout(world).timeline.at(-1)?.who).toMatch(/ \(not verified\)$/)
  })

  it('with a proof that AWS does not accept is refused and not recorded', async () => {
    const { world } = await baking()
    const proof: IdentityProof = { headers: { [PROOF_HEADER]: 'web/pause/a1' }, body: 'arn' }
    expect(await ask(world, 'abort', { id: 'a1', proof })).toMatchObject({
      kind: 'refused',
      reason: 'proof: it was made for web/pause/a1',
    })
    expect(newestRollout(world).signals).toEqual({})
  })

  it.each<[string, SignalKind, Partial<Rollout>, RegExp]>([
    ['an approval that nobody asked for', 'approve', {}, /^web-1 waits for no approval: /],
    ['a rejection that nobody asked for', 'reject', {}, /; abort it to end it$/],
    ['resuming what is not paused', 'resume', {}, /^web-1 is not paused$/],
    ['promoting past an approval', 'promote', { gate }, /^web-1 waits for an approval; approve/],
    ['promoting all past an approval', 'promote-full', { gate }, /^web-1 waits for an approval/],
    ['promoting before a step', 'promote', { step: 0 }, /ask again after its first shift$/],
    ['a pause of what fails back', 'pause', { status: 'failing-back' }, /^web-1 fails back: /],
    ['what has ended', 'abort', { outcome: 'promoted', reason: 'done' }, /ended promoted: done$/],
  ])('refuses %s', async (_, kind, change, reason) => {
    const { world } = await baking()
    amend(world, change)
    const before = newestRollout(world)
    const answered = world.answers.length
    expect(await ask(world, kind)).toEqual({
      kind: 'refused',
      rollout: 'web-1',
      reason: expect.stringMatching(reason),
    })
    expect(newestRollout(world)).toEqual(before)
    expect(world.answers).toHaveLength(answered)
  })

  it('refuses to promote what is paused, and says by whom', async () => {
    const { world } = await baking()
    await ask(world, 'pause')
    expect(await ask(world, 'promote')).toMatchObject({
      kind: 'refused',
      reason: 'web-1 is paused by ada (not verified); resume it first',
    })
  })

  it.each<[SignalKind, Partial<Rollout>]>([
    ['pause', {}],
    ['promote', {}],
    ['promote-full', {}],
    ['abort', {}],
    ['approve', { gate }],
    ['reject', { gate }],
    ['approve', { status: 'holding' }],
  ])('%s asked for again is a duplicate, which wakes all the same', async (kind, change) => {
    const { world } = await baking()
    amend(world, change)
    expect(await ask(world, kind)).toMatchObject({ kind: 'recorded' })
    const answered = world.answers.length
    expect(await ask(world, kind)).toMatchObject({
      kind: kind === 'reject' ? 'refused' : 'duplicate',
    })
    expect(Object.keys(newestRollout(world).signals)).toHaveLength(1)
    expect(world.answers.length - answered).toBe(kind === 'reject' ? 0 : 1)
  })

  it('an approval is for the step that is asked for, and for that one alone', async () => {
    const { world } = await baking()
    amend(world, { gate })
    await ask(world, 'approve', { id: 'first' })
    expect(newestRollout(world).signals.first).toMatchObject({ step: 2 })
    amend(world, { gate: { ...gate, step: 3 } })
    expect(await ask(world, 'approve', { id: 'second' })).toMatchObject({ kind: 'recorded' })
    expect(newestRollout(world).signals.second).toMatchObject({ step: 3 })
  })

  it('for another rollout than the active one tells how that ended and what is active', async () => {
    const { world, drive } = await baking()
    await ask(world, 'abort')
    await drive.until('Ended')
    expect(await ask(world, 'abort', { rollout: 'web-1' })).toEqual({
      kind: 'refused',
      reason: 'no rollout of web is active; web-1 ended failed-back',
    })
    await (await resetTriggered(world)).until('Bake')
    expect(await ask(world, 'abort', { rollout: 'web-1' })).toMatchObject({
      reason: 'web-2 is active now; web-1 ended failed-back',
    })
    expect(await ask(world, 'abort', { rollout: 'web-7' })).toMatchObject({
      reason: 'web-7 is not known; web-2 is active now',
    })
    expect(await ask(world, 'abort', { rollout: 'web-2' })).toMatchObject({ kind: 'recorded' })
  })

  it('keeps the record small however often it is asked, and forgets nothing that counts', async () => {
    const { world, drive } = await baking()
    const look = async (one: Drive) => {
      await one.step()
      await one.step()
    }
    await ask(world, 'promote', { id: 'promote' })
    for (let n = 0; n < 150; n++) {
      await ask(world, n % 2 === 0 ? 'pause' : 'resume', { why: 'ü'.repeat(1_000) })
      if (n % 50 === 48) await look(drive)
    }
    const { signals } = newestRollout(world)
    expect(Object.keys(signals).length).toBeLessThanOrEqual(41)
    expect(signals.promote).toBeDefined()
    expect(Object.values(signals).map(({ number }) => number)).toContain(151)
    expect(JSON.stringify(newestRollout(world)).length).toBeLessThan(200_000)
    expect(await ask(world, 'resume')).toMatchObject({ kind: 'refused' })
  })
})

describe('an alarm that fires', () => {
  const checks = [{ type: 'alarms', alarms: ['errors', 'latency'] }]
  const fired = (name: string, changed = '2026-11-20T10:15:00.123+0000') => ({
    alarm: name,
    changed,
    reason: 'too many',
  })

  async function watched() {
    const world = createWorld()
    for (const name of ['errors', 'latency']) world.alarms.set(name, alarm(name, 'OK'))
    world.store.definitions.set('web', definition({ checks }))
    const drive = await (await startRollout(world)).until('Bake')
    await drive.step()
    return { world, drive }
  }

  it('wakes the bake of a rollout whose checks name it, once; the check decides', async () => {
    const { world, drive } = await watched()
    const answered = world.answers.length
    const [noted] = await noteAlarm(world.ports, fired('errors'))
    expect(noted).toMatchObject({
      kind: 'recorded',
      canary: 'web',
      rollout: 'web-1',
      reason: 'alarm errors went to ALARM: too many',
    })
    expect(world.answers.length - answered).toBe(1)
    expect(await noteAlarm(world.ports, fired('errors'))).toMatchObject([{ kind: 'duplicate' }])
    expect(Object.keys(newestRollout(world).signals)).toEqual([
      'alarm:errors:2026-11-20T10:15:00.123+0000',
    ])
    // It is OK again by now: nothing speaks against the candidate.
    await drive.step()
    expect(drive.position.decision).toBe('bake')
    await noteAlarm(world.ports, fired('errors', '2026-11-20T10:16:00.000+0000'))
    world.alarms.set('errors', alarm('errors', 'ALARM'))
    await drive.until('Ended')
    expect(drive.position.reason).toMatch(/^alarm errors is in ALARM/)
  })

  it('of no canary costs one query and nothing else', async () => {
    const { world } = await watched()
    const { reads, writes } = world.store
    expect(await noteAlarm(world.ports, fired('elsewhere'))).toEqual([
      { kind: 'ignored', reason: "no canary's checks name the alarm elsewhere" },
    ])
    expect([world.store.reads - reads, world.store.writes - writes]).toEqual([1, 0])
  })

  it('is ignored where no rollout is active, or the one that is has no check of it', async () => {
    const { world, drive } = await watched()
    world.store.alarmNotes.set('old', new Set(['web', 'shop']))
    expect(await noteAlarm(world.ports, fired('old'))).toEqual([
      { kind: 'ignored', canary: 'web', reason: 'no check of web-1 names the alarm old' },
      { kind: 'ignored', canary: 'shop', reason: 'no rollout of shop is active' },
    ])
    await ask(world, 'abort')
    await drive.until('Ended')
    expect(await noteAlarm(world.ports, fired('errors'))).toMatchObject([{ kind: 'ignored' }])
  })

  it('again and again fills no record', async () => {
    const { world } = await watched()
    for (let n = 0; n < 100; n++) await noteAlarm(world.ports, fired('errors', `change ${n}`))
    expect(Object.keys(newestRollout(world).signals)).toHaveLength(20)
    expect(await ask(world, 'abort')).toMatchObject({ kind: 'recorded' })
  })
})
