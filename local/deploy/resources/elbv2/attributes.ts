/** As templates and the API write an attribute of a load balancer or a target group. */
export interface Attribute {
  readonly Key: string
  readonly Value: string
}

/** An attribute that a template no longer names keeps its value: only a value that is written changes one. */
export const changedAttributes = (
  wanted: readonly Attribute[],
  former: readonly Attribute[],
): readonly Attribute[] =>
  wanted.filter(({ Key, Value }) => former.find((one) => one.Key === Key)?.Value !== Value)
