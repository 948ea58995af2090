import FakeTimers from '@sinonjs/fake-timers'

/** The real one, whatever is faked later. */
const realImmediate = setImmediate

/** Where each simulation begins. */
export const BEGINNING = Date.UTC(2026, 0, 1)

/** A fake clock that is moved from timer to timer, each once all that happens without time has happened. */
export function installClock() {
  const clock = FakeTimers.install({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    now: BEGINNING,
  })
  return {
    /** Nothing in here needs the outside world, so after two empty turns of the event loop nothing is left to happen. */
    async settle(): Promise<void> {
      for (let turn = 0; turn < 2; turn++) await new Promise<void>((done) => realImmediate(done))
    },
    /** To the next timer. Says whether there was one. */
    next(): boolean {
      if (clock.countTimers() === 0) return false
      clock.next()
      return true
    },
    uninstall: () => clock.uninstall(),
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
