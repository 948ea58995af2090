import { DefinitionError, InputError, SluiceError } from '../../core/errors.ts'
import { ownerText } from '../../core/model/owner.ts'
import { canaryName } from '../../core/model/places.ts'
import { type DefineRequest, define } from '../../core/use-cases/define.ts'
import {
  type CustomResourceRequest,
  parseCustomResourceRequest,
} from '../../events/cloudformation-custom-resource.ts'
import {
  alarms,
  type Container,
  clock,
  connect,
  definitions,
  reaching,
  routerOf,
  services,
  store,
  targetGroups,
} from '../shared/container.ts'
import { about, count } from '../shared/watch.ts'
import { atFirstCall, type Handler, watched } from '../shared/watched.ts'
import { patiently } from './patiently.ts'

const needs = {
  clock,
  store,
  definitions,
  reachOf: reaching({ services, targetGroups, alarms, routerOf }),
}

/** What CDK's provider framework tells CloudFormation of the resource. */
interface Answer {
  /** The canary's name: another one is another resource, and CloudFormation deletes the one before. */
  readonly PhysicalResourceId: string
  readonly Data?: { readonly Canary: string }
}

/** Writes a `Canary`'s definition for its stack. Refuses by throwing: the stack then rolls back, and says why. */
export function createDefineHandler(container: Container<typeof needs>): Handler<Answer> {
  const { watch } = container
  const handle = watched(watch, async (event, context): Promise<Answer> => {
    const parsed = parseCustomResourceRequest(event)
    if (parsed.kind === 'ignored') throw new InputError(parsed.reason)
    const request = requestOf(parsed.value)
    if (request === undefined) {
      // What failed to be created was given a name by others, and is deleted as nothing.
      const { PhysicalResourceId = '' } = parsed.value as { readonly PhysicalResourceId?: string }
      watch.logger.info(`"${PhysicalResourceId}" is no canary's name: nothing to remove`)
      return { PhysicalResourceId }
    }
    const result = await patiently(() => define(container, request), {
      now: () => container.clock.now(),
      milliseconds: context.getRemainingTimeInMillis(),
      note: (error) => watch.logger.warn('tried again', { error }),
    })
    const { canary, kind, reason } = result
    about(watch, { canary })
    watch.logger.info(reason, { result: kind, owner: request.owner })
    if (kind === 'written' || kind === 'removed') count(watch, 'DefinitionChanged')
    return { PhysicalResourceId: canary, Data: { Canary: canary } }
  })
  return async (event, context) => handle(event, context).catch(rethrowBrief)
}

function requestOf(event: CustomResourceRequest): DefineRequest | undefined {
  const owner = ownerText({ stack: event.StackId, logicalId: event.LogicalResourceId })
  if (event.RequestType === 'Delete') {
    const canary = canaryName.safeParse(event.PhysicalResourceId)
    return canary.success ? { kind: 'remove', canary: canary.data, owner } : undefined
  }
  const definition = parseJson(event.ResourceProperties.Definition)
  return event.RequestType === 'Update'
    ? { kind: 'write', definition, owner, before: event.PhysicalResourceId }
    : { kind: 'write', definition, owner }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new DefinitionError(
      `broken definition: Definition is no JSON (${why}); write the property with Stack.toJsonString`,
    )
  }
}

/** CloudFormation takes 4 KB of an answer, reason and stack trace and all; the log has the whole. */
const MOST_CHARACTERS = 1_500

function rethrowBrief(error: unknown): never {
  if (error instanceof SluiceError && error.message.length > MOST_CHARACTERS) {
    error.message = `${error.message.slice(0, MOST_CHARACTERS)}… (the whole is in the log)`
  }
  throw error
}

export const handler = atFirstCall(() => createDefineHandler(connect(needs)))
