import { config } from 'zod/mini'
import english from 'zod/v4/locales/en.js'

/** zod/mini, half of zod in a bundle, has no messages of its own. */
config(english())

export * from 'zod/mini'
