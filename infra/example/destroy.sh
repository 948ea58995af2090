#!/usr/bin/env bash
# Ends the example environments, or with `--records-only <stack>` only gets a stack's weighted records ready for that:
# CloudFormation deletes a record only as the template has it, so their weights become the template's again.
set -euo pipefail
cd "$(dirname "$0")/../.."

reset_records() {
  local stack=$1 zone errors message
  errors=$(mktemp)
  if ! zone=$(aws cloudformation list-stack-resources --stack-name "$stack" --output text \
    --query "StackResourceSummaries[?ResourceType=='AWS::Route53::HostedZone'].PhysicalResourceId | [0]" 2>"$errors"); then
    message=$(<"$errors")
    rm "$errors"
    # Not there (any more): nothing to get ready. Anything else would leave the zone behind.
    if [[ $message == *'does not exist'* ]]; then return 0; fi
    echo "$message" >&2
    return 1
  fi
  rm "$errors"
  if [ "$zone" = None ]; then return 0; fi
  # Blue was created with all of the weight, see initialWeights.
  local changes
  changes=$(aws route53 list-resource-record-sets --hosted-zone-id "$zone" --output json | node -e '
    const { ResourceRecordSets } = JSON.parse(require("node:fs").readFileSync(0, "utf8"))
    const weighted = ResourceRecordSets.filter(({ Weight }) => Weight !== undefined)
    const Changes = weighted.map((record) => ({
      Action: "UPSERT",
      ResourceRecordSet: { ...record, Weight: record.SetIdentifier === "blue" ? 100 : 0 },
    }))
    if (Changes.length > 0) console.log(JSON.stringify({ Changes }))')
  if [ -n "$changes" ]; then
    aws route53 change-resource-record-sets --hosted-zone-id "$zone" --change-batch "$changes" >/dev/null
    echo "$stack: the records in $zone have the weights of their template"
  fi
}

if [ "${1:-}" = --records-only ]; then
  reset_records "${2:?name a stack}"
  exit
fi
npm run --silent synth >/dev/null
reset_records SluiceExampleRoute53
# CDK removes each stack before those that it depends on.
npx cdk destroy --app cdk.out --force SluiceExampleRoute53 SluiceExampleAlb SluiceExampleImages SluiceController
