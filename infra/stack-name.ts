/** The stack that `npm run synth` makes; apart from the app, since reading a name should not load CDK. */
export const STACK_NAME = 'SluiceController'
