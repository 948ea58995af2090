import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr'
import type { Construct } from 'constructs'

export const IMAGES_STACK = 'SluiceExampleImages'
/** One repository for the sample application. The environments find it by its name, so that no stack holds another one. */
export const IMAGE_REPOSITORY = 'sluice/sample-app'
/** Of the image that the services are created with; it is pushed before they are. */
export const INITIAL_TAG = 'initial'

/** Images live longer than the environments that run them, and have to be there before: a stack of their own. */
export class ImagesStack extends Stack {
  readonly repository: Repository

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    this.repository = new Repository(this, 'Repository', {
      repositoryName: IMAGE_REPOSITORY,
      imageScanOnPush: true,
      // A tag that was scanned and rolled out stays what it was.
      imageTagMutability: TagMutability.IMMUTABLE,
      encryption: RepositoryEncryption.AES_256,
      lifecycleRules: [{ description: 'the newest hundred images', maxImageCount: 100 }],
      // `cdk destroy` leaves nothing to delete by hand.
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    })
  }
}
