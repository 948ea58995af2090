import validate from 'asl-validator'
import { describe, expect, it } from 'vitest'
import {
  definition,
  horizonOf,
  type State,
  states,
  successors,
  tasks,
  tokenTasks,
} from './definition.ts'

const HOUR = 3_600
const DAY = 24 * HOUR

function state(name: string): State {
  const found = definition.States[name]
  if (!found) throw new Error(`the workflow has no state ${name}`)
  return found
}

describe('the workflow', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(definition, {
      checkPaths: true,
      checkArn: true,
    })
    expect(isValid, errorsText('\n')).toBe(true)
  })

  it('outlives the longest rollout that a definition may ask for, which is 30 days', () => {
    expect(definition.TimeoutSeconds).toBe(32 * DAY)
  })

  it.each(states)('says in %s why the state is there', (_, { Comment }) => {
    expect(Comment?.length).toBeGreaterThan(15)
  })

  it('reaches every state', () => {
    const reached = new Set<string>()
    const visit = (name: string) => {
      if (reached.has(name)) return
      reached.add(name)
      for (const { to } of successors(state(name))) visit(to)
    }
    visit(definition.StartAt)
    expect([...reached].sort()).toEqual(Object.keys(definition.States).sort())
  })

  it('has no loop but the looks of a step and before the first, the steps of a plan and the wait for a person', () => {
    const loops = new Set<string>()
    const walk = (path: readonly string[]) => {
      for (const { to } of successors(state(path.at(-1) ?? ''))) {
        const start = path.indexOf(to)
        if (start < 0) walk([...path, to])
        else loops.add(rotated(path.slice(start)).join(' → '))
      }
    }
    walk([definition.StartAt])
    expect([...loops].sort()).toEqual([
      'Assess → Decide → Await Approval',
      'Assess → Decide → Bake',
      'Assess → Decide → Shift Traffic → Verify Shift → Bake',
      'Decide → Wait Until Ready',
    ])
  })

  it('comes from Fail Back to an end and never back into the rollout', () => {
    const after = new Set<string>()
    const visit = (name: string) => {
      for (const { to } of successors(state(name))) {
        if (after.has(to)) continue
        after.add(to)
        visit(to)
      }
    }
    visit('Fail Back')
    // Where the rollout had been promoted before, its old slot is scaled down as ever.
    expect([...after].sort()).toEqual([
      'Failed Back',
      'Keep Warm',
      'Promoted',
      'Scale Down',
      'Settled',
    ])
  })

  it('begins at Fail Back where guard asks it to recover', () => {
    expect(state('Begin').Choices).toEqual([
      { Variable: '$.recover', IsPresent: true, Next: 'Fail Back' },
    ])
  })

  it('fails back on a decision that it does not know', () => {
    expect(state('Decide').Default).toBe('Fail Back')
    const ways = state('Decide').Choices?.map((choice) => [choice.StringEquals, choice.Next])
    expect(ways).toEqual([
      ['bake', 'Bake'],
      ['shift', 'Shift Traffic'],
      ['ready', 'Wait Until Ready'],
      ['hold', 'Await Approval'],
      ['promote', 'Promote'],
      ['fail-back', 'Fail Back'],
    ])
  })
})

describe.each(tasks)('the task %s', (name, task) => {
  it('retries what is transient, with backoff and full jitter', () => {
    const [retrier] = (task.Retry ?? []).filter(({ ErrorEquals }) =>
      ErrorEquals.some((error) => error === 'Transient' || error === 'States.ALL'),
    )
    expect(retrier).toMatchObject({ JitterStrategy: 'FULL' })
    expect(retrier?.BackoffRate).toBeGreaterThan(1)
  })

  it('has a time limit', () => {
    const limit = task.TimeoutSeconds ?? task.TimeoutSecondsPath
    expect(limit).toBe(tokenTasks.some(([token]) => token === name) ? '$.seconds' : 60)
  })

  it('hands its function the execution and the position', () => {
    expect(task.Parameters?.Payload).toMatchObject({
      'execution.$': '$$.Execution.Name',
      'input.$': '$',
    })
  })
})

const SETTLED_BEFORE = ['Fail Back', 'Scale Down']

describe.each(tasks.filter(([name]) => !SETTLED_BEFORE.includes(name)))(
  'an error of %s',
  (_, task) => {
    it('that no retry mends leads to Fail Back and is handed on', () => {
      expect(task.Catch?.at(-1)).toEqual({
        ErrorEquals: ['States.ALL'],
        ResultPath: '$.error',
        Next: 'Fail Back',
      })
    })
  },
)

describe('after a promotion', () => {
  it('the old slot is kept warm only where the definition scales it down', () => {
    const ways = state('Settled').Choices?.map(({ And, StringEquals, Next }) => [
      And ?? StringEquals,
      Next,
    ])
    expect(ways).toEqual([
      [
        [
          { Variable: '$.decision', StringEquals: 'promoted' },
          { Variable: '$.keepWarm', IsPresent: true },
        ],
        'Keep Warm',
      ],
      ['promoted', 'Promoted'],
    ])
    expect(state('Settled').Default).toBe('Failed Back')
  })

  it('it waits as long as the position says, and no state takes the outcome back', () => {
    expect(state('Keep Warm')).toMatchObject({ SecondsPath: '$.keepWarm', Next: 'Scale Down' })
    expect(successors(state('Scale Down')).map(({ to }) => to)).toEqual(['Promoted', 'Promoted'])
  })

  it('an outage of minutes keeps nothing from being scaled down', () => {
    expect(state('Scale Down').Retry?.[0]?.MaxAttempts).toBe(25)
  })
})

describe.each(tokenTasks)('the wait %s', (_, task) => {
  it('passes its token', () => {
    expect(task.Parameters?.Payload).toMatchObject({ 'token.$': '$$.Task.Token' })
  })

  it('leads to Assess when its time is over, keeping the position and retrying nothing', () => {
    expect(task.Catch?.[0]).toEqual({
      ErrorEquals: ['States.Timeout'],
      ResultPath: null,
      Next: 'Assess',
    })
    expect(task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout')
    expect(task.ResultPath).toBeNull()
  })
})

describe('Fail Back', () => {
  const [notYet, everything] = state('Fail Back').Retry ?? []
  if (!notYet || !everything) throw new Error('Fail Back has not both of its retriers')

  it('has no Catch: nothing safer is left', () => {
    expect(state('Fail Back').Catch).toBeUndefined()
  })

  it('retries every error for at least six hours (failure 7: neither retry nor verification)', () => {
    expect(everything.ErrorEquals).toEqual(['States.ALL'])
    expect(horizonOf(everything)).toBeGreaterThan(6 * HOUR)
    expect(everything.MaxDelaySeconds).toBe(300)
  })

  it('asks for the verification soon and for at least six hours', () => {
    expect(notYet.ErrorEquals).toEqual(['NotYet'])
    expect(notYet.IntervalSeconds).toBe(1)
    expect(horizonOf(notYet)).toBeGreaterThan(6 * HOUR)
  })

  it('keeps within the history that is set aside for a rollout', () => {
    // ADR 0005: a try is three events, and 2,400 are set aside for the beginning and the end.
    expect((notYet.MaxAttempts + everything.MaxAttempts) * 3).toBeLessThan(2_400)
  })
})

describe('the loops of waiting', () => {
  // Between a shift and its first look nobody looks at the candidate: there it is asked more often.
  it.each([
    ['Wait Until Ready', 15],
    ['Verify Shift', 5],
  ])(
    '%s asks again on NotYet, first after a second and at most every %d, for longer than any deadline',
    (name, seconds) => {
      const [retrier] = state(name).Retry ?? []
      expect(retrier).toMatchObject({
        ErrorEquals: ['NotYet'],
        IntervalSeconds: 1,
        MaxDelaySeconds: seconds,
      })
      expect(retrier && horizonOf(retrier)).toBeGreaterThan(DAY)
    },
  )

  it.each(['Wait Until Ready', 'Verify Shift', 'Fail Back'])(
    '%s takes at most a tenth longer than it has to, or one of its longest waits',
    (name) => expect(state(name).Retry?.[0]?.BackoffRate).toBe(1.1),
  )

  // More where no traffic has moved; fewer where the candidate has some that nobody looks at meanwhile.
  it.each([
    ['Prepare', 25],
    ['Wait Until Ready', 100],
    ['Shift Traffic', 25],
    ['Verify Shift', 25],
  ])(
    '%s outlasts %d single errors, for its retries are counted over its whole life',
    (name, count) => expect(transientRetrier(name)?.MaxAttempts).toBe(count),
  )

  it.each(['Bake', 'Assess', 'Await Approval', 'Promote'])(
    '%s waits for nothing, and gives up after 8',
    (name) => expect(transientRetrier(name)?.MaxAttempts).toBe(8),
  )

  const transientRetrier = (name: string) =>
    state(name).Retry?.find(({ ErrorEquals }) => ErrorEquals.includes('Transient'))
})

/** The same loop is found from each of its states: begin it at the first by name. */
function rotated(loop: readonly string[]): readonly string[] {
  const first = loop.indexOf([...loop].sort()[0] ?? '')
  return [...loop.slice(first), ...loop.slice(0, first)]
}
