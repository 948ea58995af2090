/** A synthesised CloudFormation template, as far as deploying it here looks at it. */
export interface Template {
  readonly Parameters?: Readonly<
    Record<string, { readonly Type: string; readonly Default?: unknown }>
  >
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Mappings?: Readonly<Record<string, unknown>>
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, Output>>
}

export interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  readonly Condition?: string
  readonly Metadata?: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: DeletionPolicy
  readonly UpdateReplacePolicy?: DeletionPolicy
}

/** `Snapshot` is as `Retain` here: local AWS makes no snapshots, and deletes nothing that should have had one. */
export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot'

export interface Output {
  readonly Value: unknown
  readonly Condition?: string
  readonly Export?: { readonly Name: unknown }
}

/** What a template asks that local AWS cannot give: names the resource, its type, and the mend. */
export class DeployError extends Error {
  override readonly name = 'DeployError'
}
